render() { local k; for k in "$@"; do printf '%s="%s"\n' "${k,,}" "${!k//\"/\\\"}"; done; }
DB_HOST=localhost DB_PORT=5432 DB_NAME='my "db"'
{ echo '# generated'; echo; render DB_HOST DB_PORT DB_NAME; echo '  # end'; } > app.conf
declare -A conf
while IFS='=' read -r key value || [[ $key ]]; do
  [[ $key =~ ^[[:space:]]*(#|$) ]] && continue
  value=${value#\"} value=${value%\"}
  conf[$key]=${value//\\\"/\"}
done < app.conf
for key in db_host db_name db_port; do echo "$key -> ${conf[$key]}"; done
sed -i 's/^db_port=.*/db_port="6543"/' app.conf; grep port app.conf; wc -l < app.conf
