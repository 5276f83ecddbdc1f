# Blanks and stars in HOME are kept.
HOME='/a  b/*'
printf '[%s]\n' ~/c
