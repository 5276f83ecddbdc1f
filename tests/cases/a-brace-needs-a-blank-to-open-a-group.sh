# {echo is an ordinary word, so the closing brace is unexpected.
{echo a; }
