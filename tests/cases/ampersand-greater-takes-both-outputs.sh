# &>, >& with a word, and &>> to append.
both() { echo out; echo err >&2; }
both &>a; both &>>a; cat a
both >& b; cat b
