LC_ALL=C.UTF-8
x='héllo→'
echo ${#x} "${x:1:1}" "${x#h?}"
f() { local LC_ALL=C; echo ${#x} "${x:3:3}" "${x#h?}" | od -An -c; [[ $x == h???* && é == ?? ]] && echo bytes; }
f
case é in ?) echo character;; esac
printf '%d\n' "'é"
LC_ALL=C
printf '%d\n' "'é"
case é in ??) echo bytes;; esac
echo "${x//[^a-z]/_}"
LC_ALL=C.UTF-8
echo "${x//[^a-z]/_}" ${#x}
unset LC_ALL; LC_CTYPE=POSIX
echo ${#x}
