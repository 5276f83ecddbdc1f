set -euo pipefail
cat > app.log <<'EOF'
2024-01-15 10:00:01 INFO  server started port=8080
2024-01-15 10:00:05 ERROR db timeout code=504
2024-01-15 10:01:00 WARN  slow query ms=1200
2024-01-15 10:02:00 ERROR disk full code=507
2024-01-15 10:02:30 INFO  request path=/api/users
EOF
declare -A counts=()
codes=() total=0
while IFS=' ' read -r _ time level message; do
  counts[$level]=$(( ${counts[$level]:-0} + 1 ))
  (( ++total ))
  if [[ $message =~ code=([0-9]+) ]]; then codes+=("${BASH_REMATCH[1]}@${time%:*}"); fi
done < app.log
for level in $(printf '%s\n' "${!counts[@]}" | sort); do
  printf '%-8s %3d %5.1f%%\n' "$level" "${counts[$level]}" "$(( counts[$level] * 1000 / total ))e-1"
done
echo "codes: ${codes[*]}"
grep -c ERROR app.log
cut -d' ' -f3 app.log | sort | uniq -c | sort -k1,1nr -k2 | sed 's/^ *//'
