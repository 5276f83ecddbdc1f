cat > app.conf <<'E'
# comment
name = demo
path=/srv/app dir

debug=true
E
declare -A config
while IFS='=' read -r key value || [[ -n $key ]]; do
  [[ $key =~ ^[[:space:]]*(#|$) ]] && continue
  key=${key//[[:space:]]/}
  value=${value#"${value%%[![:space:]]*}"}
  config[$key]=$value
done < app.conf
for key in $(printf '%s\n' "${!config[@]}" | sort); do printf '%s=[%s]\n' "$key" "${config[$key]}"; done
printf 'last=no newline' >> app.conf
while IFS='=' read -r key value || [[ -n $key ]]; do last=$key:$value; done < app.conf; echo "$last"
