//! Arithmetic against tables, against the machine's bash, and against anything at all.

use std::collections::BTreeMap;
use std::process::Command;

use bstr::{BString, ByteSlice};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;

/// Scalars, and one indexed array called `a`.
#[derive(Default)]
struct Model {
    scalars: BTreeMap<Vec<u8>, BString>,
    elements: BTreeMap<i64, BString>,
    depth: u32,
    nounset: bool,
    lookups: u32,
}

impl Model {
    fn new() -> Model {
        let mut model = Model::default();
        for (name, value) in [
            ("x", "5"),
            ("y", "-3"),
            ("z", "1/0"),
            ("w", "x+1"),
            ("e", ""),
            ("b", " 7 "),
            ("r", "r"),
            ("s", "a[s]"),
        ] {
            model.scalars.insert(name.into(), value.into());
        }
        for (index, value) in [(0, "1"), (1, "2"), (2, "30")] {
            model.elements.insert(index, value.into());
        }
        model
    }

    fn position(&mut self, subscript: &[u8]) -> Result<i64, ArithmeticError> {
        let index = evaluate(subscript, self)?;
        let past = self.elements.last_key_value().map_or(0, |(last, _)| last + 1);
        if index >= 0 {
            Ok(index)
        } else if index.wrapping_add(past) >= 0 {
            Ok(index + past)
        } else {
            Err(ArithmeticError::BadSubscript("a".into()))
        }
    }
}

impl ArithmeticVariables for Model {
    fn value(&mut self, name: &[u8], subscript: Option<&[u8]>) -> Result<Option<BString>, ArithmeticError> {
        self.lookups += 1;
        let found = match (name, subscript) {
            (b"a", Some(subscript)) => {
                let index = self.position(subscript)?;
                self.elements.get(&index).cloned()
            }
            (b"a", None) => self.elements.get(&0).cloned(),
            (name, None) => self.scalars.get(name).cloned(),
            (name, Some(subscript)) => match self.position(subscript)? {
                0 => self.scalars.get(name).cloned(),
                _ => None,
            },
        };
        if self.nounset && found.is_none() {
            return Err(ArithmeticError::Unbound(name.into()));
        }
        Ok(found)
    }

    fn assign(&mut self, name: &[u8], subscript: Option<&[u8]>, value: i64) -> Result<(), ArithmeticError> {
        let value = BString::from(value.to_string());
        match (name, subscript) {
            (b"a", subscript) => {
                let index = self.position(subscript.unwrap_or(b"0"))?;
                self.elements.insert(index, value);
            }
            (name, _) => {
                self.scalars.insert(name.into(), value);
            }
        }
        Ok(())
    }

    fn index(&mut self, _name: &[u8], subscript: &[u8]) -> Result<Option<i64>, ArithmeticError> {
        self.position(subscript).map(Some)
    }

    fn depth(&self) -> u32 {
        self.depth
    }

    fn set_depth(&mut self, depth: u32) {
        self.depth = depth;
    }
}

/// What bash's report below would say: the value or the error, then the variables.
fn ours(text: &[u8]) -> BString {
    let mut model = Model::new();
    let mut report = match evaluate(text, &mut model) {
        Ok(value) => BString::from(value.to_string()),
        Err(error) => BString::from(error.to_string()),
    };
    assert_eq!(model.depth, 0);
    for name in ["x", "y"] {
        report.push(b'|');
        report.extend_from_slice(&model.scalars[name.as_bytes()]);
    }
    report.push(b'|');
    let elements: Vec<&[u8]> = model.elements.values().map(|value| value.as_bytes()).collect();
    report.extend_from_slice(&bstr::join(" ", elements));
    report
}

/// The reports of the machine's bash, in order; `None` where there is no bash 5.2.
fn bash(texts: &[BString]) -> Option<Vec<BString>> {
    use std::os::unix::ffi::OsStrExt;
    const SCRIPT: &str = r#"
        [[ $BASH_VERSION == 5.2.* ]] || exit
        x=5 y=-3 z=1/0 w=x+1 e= b=' 7 ' r=r s='a[s]' a=(1 2 30)
        declare -i v
        for text do
            (   trap 'printf "|%s|%s|%s\0" "$x" "$y" "${a[*]}"' EXIT
                v=$text
                printf %s "$v"
            ) 2>&1
        done
    "#;
    let mut command = Command::new("bash");
    command.arg("-c").arg(SCRIPT).arg("bash");
    command.args(texts.iter().map(|text| std::ffi::OsStr::from_bytes(text)));
    let output = command.output().ok()?;
    let mut reports: Vec<BString> = output.stdout.split(|&byte| byte == 0).map(without_prefix).collect();
    reports.pop();
    (reports.len() == texts.len()).then_some(reports)
}

/// A report with bash's `bash: line 7: ` and the newline behind the message removed.
fn without_prefix(report: &[u8]) -> BString {
    let Some(rest) = report.strip_prefix(b"bash: line ") else {
        return report.into();
    };
    let rest = rest.find(b": ").map_or(rest, |at| &rest[at + 2..]);
    rest.replacen(b"\n|", b"|", 1).into()
}

fn assert_agrees_with_bash(texts: &[BString]) {
    let mut disagreements = Vec::new();
    for batch in texts.chunks(400) {
        let Some(reports) = bash(batch) else {
            return;
        };
        for (text, theirs) in batch.iter().zip(reports) {
            let ours = ours(text);
            if ours != theirs {
                disagreements.push(format!("{text:?}\n  ours {ours:?}\n  bash {theirs:?}"));
            }
        }
    }
    assert!(disagreements.is_empty(), "{}\n{}", disagreements.len(), disagreements.join("\n"));
}

/// Every row: an expression, and its value or error, then `x|y|a`.
const TABLE: &[(&str, &str)] = &[
    ("1--x", "1--x: syntax error in expression (error token is \"--x\")|5|-3|1 2 30"),
    ("1++x", "1++x: syntax error in expression (error token is \"++x\")|5|-3|1 2 30"),
    ("x++y", "x++y: syntax error in expression (error token is \"y\")|6|-3|1 2 30"),
    ("x+++y", "2|6|-3|1 2 30"),
    ("x---y", "8|4|-3|1 2 30"),
    ("x--  y", "x--  y: syntax error in expression (error token is \"y\")|4|-3|1 2 30"),
    ("1 - --x", "-3|4|-3|1 2 30"),
    ("- --x", "-4|4|-3|1 2 30"),
    ("--x--", "--x--: --: assignment requires lvalue (error token is \"--\")|4|-3|1 2 30"),
    ("x ++", "5|6|-3|1 2 30"),
    ("++ x", "6|6|-3|1 2 30"),
    ("++", "++: syntax error: operand expected (error token is \"+\")|5|-3|1 2 30"),
    ("x+ +", "x+ +: syntax error: operand expected (error token is \"+\")|5|-3|1 2 30"),
    ("-x=2", "-x=2: attempted assignment to non-variable (error token is \"=2\")|5|-3|1 2 30"),
    ("1+x=2", "1+x=2: attempted assignment to non-variable (error token is \"=2\")|5|-3|1 2 30"),
    ("x/=0", "x/=0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("x%=0", "x%=0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("x/= 0 + 1", "5|5|-3|1 2 30"),
    ("z", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("z+1", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("1+z", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("w*2", "12|5|-3|1 2 30"),
    ("e", "0|5|-3|1 2 30"),
    ("sp", "0|5|-3|1 2 30"),
    ("bad", "0|5|-3|1 2 30"),
    ("u", "0|5|-3|1 2 30"),
    ("a[i++]+=5", "6|5|-3|6 2 30"),
    ("a[i++]++", "1|5|-3|2 2 30"),
    ("++a[i++]", "2|5|-3|2 2 30"),
    ("a[i++]=9", "9|5|-3|9 2 30"),
    ("a[0]+a[1]", "3|5|-3|1 2 30"),
    ("a", "1|5|-3|1 2 30"),
    ("a=7", "7|5|-3|7 2 30"),
    ("a[", "a[: bad array subscript (error token is \"a[\")|5|-3|1 2 30"),
    ("a[1", "a[1: bad array subscript (error token is \"a[1\")|5|-3|1 2 30"),
    ("a[1/0]", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("a[b[1]]", "1|5|-3|1 2 30"),
    ("a[-1]", "30|5|-3|1 2 30"),
    ("a[0", "a[0: bad array subscript (error token is \"a[0\")|5|-3|1 2 30"),
    ("1+08+2", "1+08: value too great for base (error token is \"08\")|5|-3|1 2 30"),
    ("2#1#1", "2#1#1: invalid number (error token is \"2#1#1\")|5|-3|1 2 30"),
    ("10#-1", "10#: invalid integer constant (error token is \"10#\")|5|-3|1 2 30"),
    ("10#", "10#: invalid integer constant (error token is \"10#\")|5|-3|1 2 30"),
    ("16#xyz", "16#xyz: value too great for base (error token is \"16#xyz\")|5|-3|1 2 30"),
    ("0b1", "0b1: value too great for base (error token is \"0b1\")|5|-3|1 2 30"),
    ("00", "0|5|-3|1 2 30"),
    ("0x", "0|5|-3|1 2 30"),
    ("0x+1", "1|5|-3|1 2 30"),
    ("0X1F", "31|5|-3|1 2 30"),
    ("1?2,3:4", "3|5|-3|1 2 30"),
    ("1?2", "1?2: `:' expected for conditional expression (error token is \"2\")|5|-3|1 2 30"),
    ("0?1:2:3", "0?1:2:3: syntax error in expression (error token is \":3\")|5|-3|1 2 30"),
    ("x+=1+1", "7|7|-3|1 2 30"),
    ("x*=y=2", "10|10|2|1 2 30"),
    ("x<<=2", "20|20|-3|1 2 30"),
    ("x>>=1", "2|2|-3|1 2 30"),
    ("x&=1", "1|1|-3|1 2 30"),
    ("x|=8", "13|13|-3|1 2 30"),
    ("x^=1", "4|4|-3|1 2 30"),
    ("x-=1", "4|4|-3|1 2 30"),
    ("x%=3", "2|2|-3|1 2 30"),
    ("x=x++ + ++x", "12|12|-3|1 2 30"),
    ("-2**2", "4|5|-3|1 2 30"),
    ("2**3**2", "512|5|-3|1 2 30"),
    ("2**-1", "2**-1: exponent less than 0 (error token is \"1\")|5|-3|1 2 30"),
    ("-2**-1", "-2**-1: exponent less than 0 (error token is \"1\")|5|-3|1 2 30"),
    ("~-1", "0|5|-3|1 2 30"),
    ("!0", "1|5|-3|1 2 30"),
    ("!!5", "1|5|-3|1 2 30"),
    ("- - 3", "3|5|-3|1 2 30"),
    ("1<2<3", "1|5|-3|1 2 30"),
    ("1<=0", "0|5|-3|1 2 30"),
    ("3>=2", "1|5|-3|1 2 30"),
    ("1!=2", "1|5|-3|1 2 30"),
    ("1==1", "1|5|-3|1 2 30"),
    ("5&3|4^1", "5|5|-3|1 2 30"),
    ("1||0&&0", "1|5|-3|1 2 30"),
    ("7/2", "3|5|-3|1 2 30"),
    ("-7/2", "-3|5|-3|1 2 30"),
    ("-7%3", "-1|5|-3|1 2 30"),
    ("7%-3", "1|5|-3|1 2 30"),
    ("", "0|5|-3|1 2 30"),
    (" ", "0|5|-3|1 2 30"),
    ("()", "(): syntax error: operand expected (error token is \")\")|5|-3|1 2 30"),
    ("(1", "(1: missing `)' (error token is \"1\")|5|-3|1 2 30"),
    ("1)", "1): syntax error in expression (error token is \")\")|5|-3|1 2 30"),
    ("(1))", "(1)): syntax error in expression (error token is \")\")|5|-3|1 2 30"),
    ("x[0]", "5|5|-3|1 2 30"),
    ("1 , 2", "2|5|-3|1 2 30"),
    ("x=1,y=2", "2|1|2|1 2 30"),
    ("(x=1,y=2)", "2|1|2|1 2 30"),
    ("1 ? x=3 : 2", "3|3|-3|1 2 30"),
    ("0 ? x=3 : (y=2)", "2|5|2|1 2 30"),
    ("1 ? 2 : x=3", "1 ? 2 : x=3: attempted assignment to non-variable (error token is \"=3\")|5|-3|1 2 30"),
    ("0&&x++", "0|5|-3|1 2 30"),
    ("1||x++", "1|5|-3|1 2 30"),
    ("1&&x++", "1|6|-3|1 2 30"),
    ("0&&z", "0|5|-3|1 2 30"),
    ("1||z", "1|5|-3|1 2 30"),
    ("1||a[1/0]", "1|5|-3|1 2 30"),
    ("0&&(1/0)", "0|5|-3|1 2 30"),
    ("1||bad", "1|5|-3|1 2 30"),
    ("0?z:7", "7|5|-3|1 2 30"),
    ("1 ||", "1 ||: syntax error: operand expected (error token is \"||\")|5|-3|1 2 30"),
    ("0&&", "0&&: syntax error: operand expected (error token is \"&&\")|5|-3|1 2 30"),
    ("1 && && 2", "1 && && 2: syntax error: operand expected (error token is \"&& 2\")|5|-3|1 2 30"),
    ("x = = 2", "x = = 2: syntax error: operand expected (error token is \"= 2\")|5|-3|1 2 30"),
    ("x == = 2", "x == = 2: syntax error: operand expected (error token is \"= 2\")|5|-3|1 2 30"),
    ("0 && 1 +", "0 && 1 +: syntax error: operand expected (error token is \"+\")|5|-3|1 2 30"),
    ("1 || 08", "1 || 08: value too great for base (error token is \"08\")|5|-3|1 2 30"),
    ("1 || 65#1", "1 || 65#1: invalid arithmetic base (error token is \"65#1\")|5|-3|1 2 30"),
    ("1 || 2**-1", "1 || 2**-1: exponent less than 0 (error token is \"1\")|5|-3|1 2 30"),
    ("1 || (x=)", "1 || (x=): syntax error: operand expected (error token is \")\")|5|-3|1 2 30"),
    ("1||x=3", "1||x=3: attempted assignment to non-variable (error token is \"=3\")|5|-3|1 2 30"),
    ("0||x=3", "0||x=3: attempted assignment to non-variable (error token is \"=3\")|5|-3|1 2 30"),
    ("08", "08: value too great for base (error token is \"08\")|5|-3|1 2 30"),
    (" 08 ", "08: value too great for base (error token is \"08\")|5|-3|1 2 30"),
    ("1+ 08 ", "1+ 08: value too great for base (error token is \"08\")|5|-3|1 2 30"),
    ("$x", "$x: syntax error: operand expected (error token is \"$x\")|5|-3|1 2 30"),
    ("\"5\"", "\"5\": syntax error: operand expected (error token is \"\"5\"\")|5|-3|1 2 30"),
    ("5;", "5;: syntax error: invalid arithmetic operator (error token is \";\")|5|-3|1 2 30"),
    ("x.y", "x.y: syntax error: invalid arithmetic operator (error token is \".y\")|5|-3|1 2 30"),
    ("x y", "x y: syntax error in expression (error token is \"y\")|5|-3|1 2 30"),
    ("1 2", "1 2: syntax error in expression (error token is \"2\")|5|-3|1 2 30"),
    ("5 x", "5 x: syntax error in expression (error token is \"x\")|5|-3|1 2 30"),
    ("é", "é: syntax error: operand expected (error token is \"é\")|5|-3|1 2 30"),
    ("1é", "1é: syntax error: invalid arithmetic operator (error token is \"é\")|5|-3|1 2 30"),
    ("xé", "xé: syntax error: invalid arithmetic operator (error token is \"é\")|5|-3|1 2 30"),
    ("1 + é", "1 + é: syntax error: operand expected (error token is \"é\")|5|-3|1 2 30"),
    ("?1:2", "?1:2: syntax error: operand expected (error token is \"?1:2\")|5|-3|1 2 30"),
    (":", ":: syntax error: operand expected (error token is \":\")|5|-3|1 2 30"),
    ("1:2", "1:2: syntax error in expression (error token is \":2\")|5|-3|1 2 30"),
    ("1?:2", "1?:2: expression expected (error token is \":2\")|5|-3|1 2 30"),
    ("a[0]++", "1|5|-3|2 2 30"),
    ("a[0]--+1", "2|5|-3|0 2 30"),
    ("a[ 1 ]", "2|5|-3|1 2 30"),
    ("a [1]", "a [1]: syntax error: invalid arithmetic operator (error token is \"[1]\")|5|-3|1 2 30"),
    ("a[1]b", "a[1]b: syntax error in expression (error token is \"b\")|5|-3|1 2 30"),
    ("a[1]=", "a[1]=: syntax error: operand expected (error token is \"=\")|5|-3|1 2 30"),
    ("x==5", "1|5|-3|1 2 30"),
    ("x = 5 == 5", "1|1|-3|1 2 30"),
    ("<", "<: syntax error: operand expected (error token is \"<\")|5|-3|1 2 30"),
    ("1<", "1<: syntax error: operand expected (error token is \"<\")|5|-3|1 2 30"),
    ("1<<", "1<<: syntax error: operand expected (error token is \"<<\")|5|-3|1 2 30"),
    ("1<<<2", "1<<<2: syntax error: operand expected (error token is \"<2\")|5|-3|1 2 30"),
    ("1<>2", "1<>2: syntax error: operand expected (error token is \">2\")|5|-3|1 2 30"),
    ("1=>2", "1=>2: attempted assignment to non-variable (error token is \"=>2\")|5|-3|1 2 30"),
    ("1=<2", "1=<2: attempted assignment to non-variable (error token is \"=<2\")|5|-3|1 2 30"),
    ("1!2", "1!2: syntax error in expression (error token is \"!2\")|5|-3|1 2 30"),
    ("1!", "1!: syntax error in expression (error token is \"!\")|5|-3|1 2 30"),
    ("! ", "! : syntax error: operand expected (error token is \"! \")|5|-3|1 2 30"),
    ("~", "~: syntax error: operand expected (error token is \"~\")|5|-3|1 2 30"),
    ("1&&", "1&&: syntax error: operand expected (error token is \"&&\")|5|-3|1 2 30"),
    ("&&1", "&&1: syntax error: operand expected (error token is \"&&1\")|5|-3|1 2 30"),
    ("1|", "1|: syntax error: operand expected (error token is \"|\")|5|-3|1 2 30"),
    ("1^", "1^: syntax error: operand expected (error token is \"^\")|5|-3|1 2 30"),
    ("1%", "1%: syntax error: operand expected (error token is \"%\")|5|-3|1 2 30"),
    ("1/", "1/: syntax error: operand expected (error token is \"/\")|5|-3|1 2 30"),
    ("1*", "1*: syntax error: operand expected (error token is \"*\")|5|-3|1 2 30"),
    ("1**", "1**: syntax error: operand expected (error token is \"**\")|5|-3|1 2 30"),
    ("1-", "1-: syntax error: operand expected (error token is \"-\")|5|-3|1 2 30"),
    ("-", "-: syntax error: operand expected (error token is \"-\")|5|-3|1 2 30"),
    ("1,,2", "1,,2: syntax error: operand expected (error token is \",2\")|5|-3|1 2 30"),
    ("(,)", "(,): syntax error: operand expected (error token is \",)\")|5|-3|1 2 30"),
    ("x=(", "x=(: syntax error: operand expected (error token is \"(\")|5|-3|1 2 30"),
    ("x=(1", "x=(1: missing `)' (error token is \"1\")|5|-3|1 2 30"),
    ("x+=", "x+=: syntax error: operand expected (error token is \"+=\")|5|-3|1 2 30"),
    ("x+= ", "x+= : syntax error: operand expected (error token is \"+= \")|5|-3|1 2 30"),
    ("x++=1", "x++=1: attempted assignment to non-variable (error token is \"=1\")|6|-3|1 2 30"),
    ("++x=1", "++x=1: attempted assignment to non-variable (error token is \"=1\")|6|-3|1 2 30"),
    ("x=1=2", "x=1=2: attempted assignment to non-variable (error token is \"=2\")|5|-3|1 2 30"),
    ("1?x:y=3", "1?x:y=3: attempted assignment to non-variable (error token is \"=3\")|5|-3|1 2 30"),
    ("x?y:z", "-3|5|-3|1 2 30"),
    ("2 ** 63", "-9223372036854775808|5|-3|1 2 30"),
    ("-9223372036854775808 / -1", "-9223372036854775808|5|-3|1 2 30"),
    ("-(-9223372036854775807-1)", "-9223372036854775808|5|-3|1 2 30"),
    ("x=5)", "x=5): syntax error in expression (error token is \")\")|5|-3|1 2 30"),
    ("(x", "(x: missing `)' (error token is \"x\")|5|-3|1 2 30"),
    ("1/0+5", "1/0+5: division by 0 (error token is \"0+5\")|5|-3|1 2 30"),
    ("1/0 + 5", "1/0 + 5: division by 0 (error token is \"0 + 5\")|5|-3|1 2 30"),
    ("1/(2-2)", "1/(2-2): division by 0 (error token is \"(2-2)\")|5|-3|1 2 30"),
    ("1/(2-2)+3", "1/(2-2)+3: division by 0 (error token is \"(2-2)+3\")|5|-3|1 2 30"),
    ("2**-1+5", "2**-1+5: exponent less than 0 (error token is \"+5\")|5|-3|1 2 30"),
    ("2**-1 +5", "2**-1 +5: exponent less than 0 (error token is \"+5\")|5|-3|1 2 30"),
    ("2**(0-1)", "2**(0-1): exponent less than 0 (error token is \")\")|5|-3|1 2 30"),
    ("2**(0-1)+7", "2**(0-1)+7: exponent less than 0 (error token is \"+7\")|5|-3|1 2 30"),
    ("1%0*2", "1%0*2: division by 0 (error token is \"0*2\")|5|-3|1 2 30"),
    ("1/0*2", "1/0*2: division by 0 (error token is \"0*2\")|5|-3|1 2 30"),
    ("1/u", "1/u: division by 0 (error token is \"u\")|5|-3|1 2 30"),
    ("1/u+1", "1/u+1: division by 0 (error token is \"u+1\")|5|-3|1 2 30"),
    ("1/-0", "1/-0: division by 0 (error token is \"-0\")|5|-3|1 2 30"),
    ("1/ -0 + 2", "1/ -0 + 2: division by 0 (error token is \"-0 + 2\")|5|-3|1 2 30"),
    ("1/0==2", "1/0==2: division by 0 (error token is \"0==2\")|5|-3|1 2 30"),
    ("x/=0+1", "5|5|-3|1 2 30"),
    ("x/=0,1", "x/=0,1: division by 0 (error token is \",1\")|5|-3|1 2 30"),
    ("1/0)", "1/0): division by 0 (error token is \"0)\")|5|-3|1 2 30"),
    ("(1/0)", "(1/0): division by 0 (error token is \"0)\")|5|-3|1 2 30"),
    ("(1/0)+1", "(1/0)+1: division by 0 (error token is \"0)+1\")|5|-3|1 2 30"),
    ("++x++ + 1", "++x++ + 1: ++: assignment requires lvalue (error token is \"++ + 1\")|6|-3|1 2 30"),
    ("++x--", "++x--: --: assignment requires lvalue (error token is \"--\")|6|-3|1 2 30"),
    ("--1--", "--1--: syntax error: operand expected (error token is \"-\")|5|-3|1 2 30"),
    ("++x ++", "++x ++: ++: assignment requires lvalue (error token is \"++\")|6|-3|1 2 30"),
    ("++x + +y", "3|6|-3|1 2 30"),
    ("++a[0]++", "++a[0]++: ++: assignment requires lvalue (error token is \"++\")|5|-3|2 2 30"),
    ("r", "r: expression recursion level exceeded (error token is \"r\")|5|-3|1 2 30"),
    ("c", "0|5|-3|1 2 30"),
    ("c+1", "1|5|-3|1 2 30"),
    ("(x)++", "(x)++: syntax error: operand expected (error token is \"+\")|5|-3|1 2 30"),
    ("(x)--y", "(x)--y: syntax error in expression (error token is \"--y\")|5|-3|1 2 30"),
    ("(x)++ + 1", "6|5|-3|1 2 30"),
    ("x++5", "x++5: syntax error in expression (error token is \"5\")|6|-3|1 2 30"),
    ("x++ 5", "x++ 5: syntax error in expression (error token is \"5\")|6|-3|1 2 30"),
    ("1++5", "6|5|-3|1 2 30"),
    ("1+++5", "6|5|-3|1 2 30"),
    ("1--5", "6|5|-3|1 2 30"),
    ("+++x", "6|6|-3|1 2 30"),
    ("---x", "-4|4|-3|1 2 30"),
    ("++++x", "6|6|-3|1 2 30"),
    ("x+++++y", "3|6|-2|1 2 30"),
    ("+ +x", "5|5|-3|1 2 30"),
    ("++ +x", "5|5|-3|1 2 30"),
    ("++5", "5|5|-3|1 2 30"),
    ("++ 5", "5|5|-3|1 2 30"),
    ("++(x)", "5|5|-3|1 2 30"),
    ("!++x", "0|6|-3|1 2 30"),
    ("x?++y:--y", "-2|5|-2|1 2 30"),
    ("x ? y : z", "-3|5|-3|1 2 30"),
    ("0 ? z", "0 ? z: `:' expected for conditional expression (error token is \"z\")|5|-3|1 2 30"),
    ("0 ? z :", "0 ? z :: expression expected (error token is \":\")|5|-3|1 2 30"),
    ("1 ? (y", "1 ? (y: missing `)' (error token is \"y\")|5|-3|1 2 30"),
    ("x = y ? 1 : 2", "1|1|-3|1 2 30"),
    ("x += y -= 1", "1|1|-4|1 2 30"),
    ("x=y+=1", "-2|-2|-2|1 2 30"),
    ("x, y = 7", "7|5|7|1 2 30"),
    ("1 ? x++ : y++", "5|6|-3|1 2 30"),
    ("0 ? x++ : y++", "-3|5|-2|1 2 30"),
    ("1 ? 2 : 0 ? 3 : 4", "2|5|-3|1 2 30"),
    ("2**3**2 == 512", "1|5|-3|1 2 30"),
    ("-2**2 == 4", "1|5|-3|1 2 30"),
    ("2*3**2 == 18", "1|5|-3|1 2 30"),
    ("- 2 ** 2 == 4", "1|5|-3|1 2 30"),
    ("~2**2 == 9", "1|5|-3|1 2 30"),
    ("1|2^3&4==4", "3|5|-3|1 2 30"),
    ("1<<2+1 == 8", "1|5|-3|1 2 30"),
    ("1<<(2+1) == 8", "1|5|-3|1 2 30"),
    ("10/3*3 == 9", "1|5|-3|1 2 30"),
    ("1 - 2 - 3 == -4", "1|5|-3|1 2 30"),
    ("100/10/5 == 2", "1|5|-3|1 2 30"),
    ("5%3%2 == 0", "1|5|-3|1 2 30"),
    ("2<3==1", "1|5|-3|1 2 30"),
    ("!x==0", "1|5|-3|1 2 30"),
    ("!x==1", "0|5|-3|1 2 30"),
    ("(1,0)", "0|5|-3|1 2 30"),
    ("x=1,0", "0|1|-3|1 2 30"),
    ("0x7fffffffffffffff+1 == 1<<63", "1|5|-3|1 2 30"),
    ("18446744073709551616 == 0", "1|5|-3|1 2 30"),
    ("0xffffffffffffffffff == -1", "1|5|-3|1 2 30"),
    ("64#@ == 62", "1|5|-3|1 2 30"),
    ("64#_ == 63", "1|5|-3|1 2 30"),
    ("63#_", "63#_: value too great for base (error token is \"63#_\")|5|-3|1 2 30"),
    ("62#@", "62#@: value too great for base (error token is \"62#@\")|5|-3|1 2 30"),
    ("36#z == 35", "1|5|-3|1 2 30"),
    ("37#A == 36", "1|5|-3|1 2 30"),
    ("010 == 8", "1|5|-3|1 2 30"),
    ("0x1G", "0x1G: value too great for base (error token is \"0x1G\")|5|-3|1 2 30"),
    ("09.5", "09: value too great for base (error token is \"09\")|5|-3|1 2 30"),
    ("1e3", "1e3: value too great for base (error token is \"1e3\")|5|-3|1 2 30"),
    ("1.", "1.: syntax error: invalid arithmetic operator (error token is \".\")|5|-3|1 2 30"),
    (".5", ".5: syntax error: operand expected (error token is \".5\")|5|-3|1 2 30"),
    ("x[", "x[: bad array subscript (error token is \"x[\")|5|-3|1 2 30"),
    ("x[0]++ == 5", "1|6|-3|1 2 30"),
    ("x[y", "x[y: bad array subscript (error token is \"x[y\")|5|-3|1 2 30"),
    ("$", "$: syntax error: operand expected (error token is \"$\")|5|-3|1 2 30"),
    ("${x}", "${x}: syntax error: operand expected (error token is \"${x}\")|5|-3|1 2 30"),
    ("1 $", "1 $: syntax error: invalid arithmetic operator (error token is \"$\")|5|-3|1 2 30"),
    ("a['1']", "'1': syntax error: operand expected (error token is \"'1'\")|5|-3|1 2 30"),
    ("a[(1]", "(1: missing `)' (error token is \"1\")|5|-3|1 2 30"),
    ("a[1)]", "1): syntax error in expression (error token is \")\")|5|-3|1 2 30"),
    ("a[a[1]]", "30|5|-3|1 2 30"),
    ("a[a[1]", "a[a[1]: bad array subscript (error token is \"a[a[1]\")|5|-3|1 2 30"),
    ("a[\\]]", "\\]: syntax error: operand expected (error token is \"\\]\")|5|-3|1 2 30"),
    ("1\t+\n2", "3|5|-3|1 2 30"),
    ("1\r", "1\r: syntax error: invalid arithmetic operator (error token is \"\r\")|5|-3|1 2 30"),
    ("1 # c", "1 # c: syntax error: invalid arithmetic operator (error token is \"# c\")|5|-3|1 2 30"),
    ("1 '2'", "1 '2': syntax error: invalid arithmetic operator (error token is \"'2'\")|5|-3|1 2 30"),
    ("1 = 1", "1 = 1: attempted assignment to non-variable (error token is \"= 1\")|5|-3|1 2 30"),
    ("2 = x", "2 = x: attempted assignment to non-variable (error token is \"= x\")|5|-3|1 2 30"),
    ("x=", "x=: syntax error: operand expected (error token is \"=\")|5|-3|1 2 30"),
    ("x= ", "x= : syntax error: operand expected (error token is \"= \")|5|-3|1 2 30"),
    ("x += = 1", "x += = 1: syntax error: operand expected (error token is \"= 1\")|5|-3|1 2 30"),
    ("x =+ 1", "1|1|-3|1 2 30"),
    ("x =- 1", "-1|-1|-3|1 2 30"),
    ("x ==! 1", "0|5|-3|1 2 30"),
    ("x=!1", "0|0|-3|1 2 30"),
    ("x!=1", "1|5|-3|1 2 30"),
    ("x! =1", "x! =1: syntax error in expression (error token is \"! =1\")|5|-3|1 2 30"),
    ("x & & 1", "x & & 1: syntax error: operand expected (error token is \"& 1\")|5|-3|1 2 30"),
    ("x < = 1", "x < = 1: syntax error: operand expected (error token is \"= 1\")|5|-3|1 2 30"),
    ("x << = 1", "x << = 1: syntax error: operand expected (error token is \"= 1\")|5|-3|1 2 30"),
    ("x <<= 1", "10|10|-3|1 2 30"),
    ("x >>= 1", "2|2|-3|1 2 30"),
    ("x ** = 2", "x ** = 2: syntax error: operand expected (error token is \"= 2\")|5|-3|1 2 30"),
    ("x * = 2", "x * = 2: syntax error: operand expected (error token is \"= 2\")|5|-3|1 2 30"),
    ("x *= 2", "10|10|-3|1 2 30"),
    ("x || = 1", "x || = 1: syntax error: operand expected (error token is \"= 1\")|5|-3|1 2 30"),
    ("x |= 1", "5|5|-3|1 2 30"),
    ("5 ? : 1", "5 ? : 1: expression expected (error token is \": 1\")|5|-3|1 2 30"),
    ("x:y", "x:y: syntax error in expression (error token is \":y\")|5|-3|1 2 30"),
    ("a[0] = 1 , a[1] = 2", "2|5|-3|1 2 30"),
    ("a[0]=a[1]=7", "7|5|-3|7 7 30"),
    ("a[99]", "0|5|-3|1 2 30"),
    ("a[99]=1", "1|5|-3|1 2 30 1"),
    ("a[-1]=8", "8|5|-3|1 2 8"),
    ("x--1", "x--1: syntax error in expression (error token is \"1\")|4|-3|1 2 30"),
    ("x-- -1", "4|4|-3|1 2 30"),
    ("x -- - 1", "4|4|-3|1 2 30"),
    ("1 - - 1", "2|5|-3|1 2 30"),
    ("1-- 1", "2|5|-3|1 2 30"),
    ("x--+1", "6|4|-3|1 2 30"),
    ("0 && x=1", "0 && x=1: attempted assignment to non-variable (error token is \"=1\")|5|-3|1 2 30"),
    ("0 && (x=1)", "0|5|-3|1 2 30"),
    ("0 ? x=1 : 2", "2|5|-3|1 2 30"),
    ("1 ? 2 : (x=1)", "2|5|-3|1 2 30"),
    ("0 && a[i++]", "0|5|-3|1 2 30"),
    ("0 && ++x", "0|5|-3|1 2 30"),
    ("1 || x++", "1|5|-3|1 2 30"),
    (
        "0 && x += 1",
        "0 && x += 1: attempted assignment to non-variable (error token is \"+= 1\")|5|-3|1 2 30",
    ),
    ("x++ && 0", "0|6|-3|1 2 30"),
    ("1/0 && 0", "1/0 && 0: division by 0 (error token is \"0 && 0\")|5|-3|1 2 30"),
    ("0 || 0 ? 1 : 2", "2|5|-3|1 2 30"),
    ("1/0 .", "1/0 .: syntax error: invalid arithmetic operator (error token is \".\")|5|-3|1 2 30"),
    ("x=1 .", "x=1 .: syntax error: invalid arithmetic operator (error token is \".\")|5|-3|1 2 30"),
    ("(1 2", "(1 2: missing `)' (error token is \"2\")|5|-3|1 2 30"),
    ("(1 .", "(1 .: syntax error: invalid arithmetic operator (error token is \".\")|5|-3|1 2 30"),
    ("++x ++y", "++x ++y: ++: assignment requires lvalue (error token is \"++y\")|6|-3|1 2 30"),
    ("x++ ++y", "x++ ++y: syntax error in expression (error token is \"++y\")|6|-3|1 2 30"),
    ("x z", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("1/0 z", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("1/0 08", "1/0 08: value too great for base (error token is \"08\")|5|-3|1 2 30"),
    (
        "1 ? 2 . 3",
        "1 ? 2 . 3: syntax error: invalid arithmetic operator (error token is \". 3\")|5|-3|1 2 30",
    ),
    ("1 ? 2 3", "1 ? 2 3: `:' expected for conditional expression (error token is \"3\")|5|-3|1 2 30"),
    ("1+.", "1+.: syntax error: operand expected (error token is \".\")|5|-3|1 2 30"),
    ("0#", "0#: invalid number (error token is \"0#\")|5|-3|1 2 30"),
    ("01#1", "01#1: invalid number (error token is \"01#1\")|5|-3|1 2 30"),
    ("02#1", "02#1: invalid number (error token is \"02#1\")|5|-3|1 2 30"),
    ("2#", "2#: invalid integer constant (error token is \"2#\")|5|-3|1 2 30"),
    ("3#12@", "3#12@: value too great for base (error token is \"3#12@\")|5|-3|1 2 30"),
    ("10#a", "10#a: value too great for base (error token is \"10#a\")|5|-3|1 2 30"),
    ("1a#1", "1a#1: value too great for base (error token is \"1a#1\")|5|-3|1 2 30"),
    (
        "99999999999999999999#1",
        "99999999999999999999#1: invalid arithmetic base (error token is \"99999999999999999999#1\")|5|-3|1 2 30",
    ),
    ("1#", "1#: invalid arithmetic base (error token is \"1#\")|5|-3|1 2 30"),
    ("12#", "12#: invalid integer constant (error token is \"12#\")|5|-3|1 2 30"),
    ("8#8", "8#8: value too great for base (error token is \"8#8\")|5|-3|1 2 30"),
    ("08#1", "08#1: value too great for base (error token is \"08#1\")|5|-3|1 2 30"),
    ("0x#1", "0x#1: invalid number (error token is \"0x#1\")|5|-3|1 2 30"),
    ("0x1#1", "0x1#1: invalid number (error token is \"0x1#1\")|5|-3|1 2 30"),
    ("0x10#1", "0x10#1: invalid number (error token is \"0x10#1\")|5|-3|1 2 30"),
    ("2##1", "2##1: invalid integer constant (error token is \"2##1\")|5|-3|1 2 30"),
    ("2#1#", "2#1#: invalid number (error token is \"2#1#\")|5|-3|1 2 30"),
    ("2#@", "2#@: value too great for base (error token is \"2#@\")|5|-3|1 2 30"),
    ("@", "@: syntax error: operand expected (error token is \"@\")|5|-3|1 2 30"),
    ("#", "#: syntax error: operand expected (error token is \"#\")|5|-3|1 2 30"),
    ("1@", "1@: value too great for base (error token is \"1@\")|5|-3|1 2 30"),
    ("1_", "1_: value too great for base (error token is \"1_\")|5|-3|1 2 30"),
    ("64#", "64#: invalid integer constant (error token is \"64#\")|5|-3|1 2 30"),
    ("64#a@", "702|5|-3|1 2 30"),
    ("x@", "x@: syntax error: invalid arithmetic operator (error token is \"@\")|5|-3|1 2 30"),
    ("x#", "x#: syntax error: invalid arithmetic operator (error token is \"#\")|5|-3|1 2 30"),
    ("y@1", "y@1: syntax error: invalid arithmetic operator (error token is \"@1\")|5|-3|1 2 30"),
    ("1?z", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("0?z", "0?z: `:' expected for conditional expression (error token is \"z\")|5|-3|1 2 30"),
    ("1 ? 2 : 3 : 4", "1 ? 2 : 3 : 4: syntax error in expression (error token is \": 4\")|5|-3|1 2 30"),
    ("a[i", "a[i: bad array subscript (error token is \"a[i\")|5|-3|1 2 30"),
    ("a[i]++ +", "a[i]++ +: syntax error: operand expected (error token is \"+\")|5|-3|2 2 30"),
    ("x++ .", "x++ .: syntax error: invalid arithmetic operator (error token is \".\")|6|-3|1 2 30"),
    ("x=3 z", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    ("x=3, z", "1/0: division by 0 (error token is \"0\")|3|-3|1 2 30"),
    ("x=3 5", "x=3 5: syntax error in expression (error token is \"5\")|3|-3|1 2 30"),
    ("++x .", "++x .: syntax error: invalid arithmetic operator (error token is \".\")|5|-3|1 2 30"),
    ("++x z", "1/0: division by 0 (error token is \"0\")|6|-3|1 2 30"),
    ("x+=1 z", "1/0: division by 0 (error token is \"0\")|5|-3|1 2 30"),
    (
        "0 && z . 5",
        "0 && z . 5: syntax error: invalid arithmetic operator (error token is \". 5\")|5|-3|1 2 30",
    ),
    ("1 || 0 z", "1 || 0 z: syntax error in expression (error token is \"z\")|5|-3|1 2 30"),
    ("[", "[: syntax error: operand expected (error token is \"[\")|5|-3|1 2 30"),
    ("1[2]", "1[2]: syntax error: invalid arithmetic operator (error token is \"[2]\")|5|-3|1 2 30"),
    ("]", "]: syntax error: operand expected (error token is \"]\")|5|-3|1 2 30"),
    ("1]", "1]: syntax error: invalid arithmetic operator (error token is \"]\")|5|-3|1 2 30"),
    ("{1}", "{1}: syntax error: operand expected (error token is \"{1}\")|5|-3|1 2 30"),
    ("1}", "1}: syntax error: invalid arithmetic operator (error token is \"}\")|5|-3|1 2 30"),
    ("()1", "()1: syntax error: operand expected (error token is \")1\")|5|-3|1 2 30"),
    ("1()", "1(): syntax error in expression (error token is \"()\")|5|-3|1 2 30"),
    ("1(2)", "1(2): syntax error in expression (error token is \"(2)\")|5|-3|1 2 30"),
    ("x(2)", "x(2): syntax error in expression (error token is \"(2)\")|5|-3|1 2 30"),
    ("x()", "x(): syntax error in expression (error token is \"()\")|5|-3|1 2 30"),
    ("(1)(2)", "(1)(2): syntax error in expression (error token is \"(2)\")|5|-3|1 2 30"),
    ("(1)2", "(1)2: syntax error in expression (error token is \"2\")|5|-3|1 2 30"),
    ("(1)x", "(1)x: syntax error in expression (error token is \"x\")|5|-3|1 2 30"),
    ("0 ? 1/0 : 2", "2|5|-3|1 2 30"),
    ("0 && 1/0 || 3", "1|5|-3|1 2 30"),
    ("1 || x/=0", "1 || x/=0: attempted assignment to non-variable (error token is \"/=0\")|5|-3|1 2 30"),
    ("1 || (x/=0)", "1|5|-3|1 2 30"),
    ("1 || 1%0", "1|5|-3|1 2 30"),
    ("0?2**-1:1", "0?2**-1:1: exponent less than 0 (error token is \":1\")|5|-3|1 2 30"),
    ("   ", "0|5|-3|1 2 30"),
];

#[test]
fn expressions_have_bashs_values_errors_and_side_effects() {
    for (text, expected) in TABLE {
        assert_eq!(ours(text.as_bytes()), *expected, "{text}");
    }
}

#[test]
fn the_table_is_what_bash_says() {
    let texts: Vec<BString> = TABLE.iter().map(|(text, _)| BString::from(*text)).collect();
    assert_agrees_with_bash(&texts);
}

/// Expressions that are well formed, mostly.
fn expression() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        (0i64..20).prop_map(|n| n.to_string()),
        any::<i64>().prop_map(|n| n.to_string()),
        any::<u32>().prop_map(|n| format!("{n:#x}")),
        prop::sample::select(vec!["017", "2#1011", "36#zZ", "64#aZ@_", "9223372036854775807", "16#fFfF"])
            .prop_map(String::from),
    ];
    let variable = prop::sample::select(vec!["x", "y", "w", "e", "b", "u", "a", "a[1]", "a[x-4]", "a[a[0]]"]);
    let leaf = prop_oneof![3 => number, 2 => variable.clone().prop_map(String::from)];
    let binary = prop::sample::select(vec![
        "+", "-", "*", "/", "%", "**", "<<", ">>", "<", "<=", ">", ">=", "==", "!=", "&", "^", "|", "&&",
        "||", ",",
    ]);
    let assign =
        prop::sample::select(vec!["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="]);
    leaf.prop_recursive(5, 40, 3, move |inner| {
        prop_oneof![
            6 => (inner.clone(), binary.clone(), inner.clone()).prop_map(|(l, o, r)| format!("{l} {o} {r}")),
            3 => inner.clone().prop_map(|e| format!("({e})")),
            2 => (prop::sample::select(vec!["-", "+", "!", "~", "- -", "!!"]), inner.clone())
                .prop_map(|(o, e)| format!("{o}{e}")),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(c, a, b)| format!("{c} ? {a} : {b}")),
            2 => (variable.clone(), assign.clone(), inner).prop_map(|(v, o, e)| format!("({v} {o} {e})")),
            1 => (prop::sample::select(vec!["++", "--"]), variable.clone()).prop_map(|(o, v)| format!("({o}{v})")),
            1 => (variable.clone(), prop::sample::select(vec!["++", "--"])).prop_map(|(v, o)| format!("({v}{o})")),
        ]
    })
}

/// Tokens in any order: nearly always an error, whose words and place bash decides.
fn soup() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "1", "0", "7", "x", "y", "z", "u", "a[1]", "a[0", "08", "2#3", "+", "-", "*", "/", "%", "**", "++",
        "--", "=", "==", "+=", "<<=", "<<", "<", ">=", "!", "!=", "~", "&", "&&", "|", "||", "^", "?", ":",
        ",", "(", ")", " ", " ", ".", "$", "é", "\\", "]",
    ]);
    prop::collection::vec(token, 1..7).prop_map(|tokens| tokens.concat())
}

fn samples(strategy: impl Strategy<Value = String>, count: usize) -> Vec<BString> {
    let mut runner = TestRunner::deterministic();
    let trees = (0..count).filter_map(|_| strategy.new_tree(&mut runner).ok());
    trees.map(|tree| BString::from(tree.current())).collect()
}

#[test]
fn random_expressions_agree_with_bash() {
    assert_agrees_with_bash(&samples(expression(), 1200));
}

#[test]
fn random_tokens_agree_with_bash() {
    assert_agrees_with_bash(&samples(soup(), 1600));
}

proptest! {
    #[test]
    fn any_bytes_evaluate_without_panic(text in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = evaluate(&text, &mut Model::new());
    }

    #[test]
    fn any_tokens_evaluate_without_panic(text in soup()) {
        let _ = evaluate(text.as_bytes(), &mut Model::new());
    }
}

#[test]
fn nesting_ends_in_an_error_and_not_in_a_stack_overflow() {
    for unit in ["(", "1?", "x=", "2**", "-(", "a[", "1?2:", "x+=(1,", "0?(1):!"] {
        let _ = evaluate(unit.repeat(100_000).as_bytes(), &mut Model::new());
    }
    let deep = format!("{}1{}", "(".repeat(300), ")".repeat(300));
    assert!(ours(deep.as_bytes()).contains_str("expression recursion level exceeded"));
    let signs = format!("{}1", "-".repeat(100_000));
    assert_eq!(evaluate(signs.as_bytes(), &mut Model::new()), Ok(1));
}

#[test]
fn the_deepest_nesting_fits_a_small_stack() {
    let deep =
        |unit: &'static str| move || evaluate(unit.repeat(100_000).as_bytes(), &mut Model::new()).is_err();
    for unit in ["(", "1?(", "s", "a[s]+", "(x=", "(1?2:"] {
        let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(deep(unit)).unwrap();
        let _ = thread.join().unwrap();
    }
}

#[test]
fn an_unset_variable_under_nounset_is_an_error_only_where_it_is_read() {
    let mut model = Model { nounset: true, ..Model::new() };
    assert_eq!(evaluate(b"u = 4", &mut model), Ok(4));
    assert_eq!(evaluate(b"1 || v", &mut model), Ok(1));
    let error = evaluate(b"v + 1", &mut model).unwrap_err();
    assert_eq!(error.to_string(), "v: unbound variable");
}

#[test]
fn a_number_is_found_without_any_look_up() {
    let mut model = Model::new();
    assert_eq!(evaluate(b"-123", &mut model), Ok(-123));
    assert_eq!(evaluate(b"x = 12", &mut model), Ok(12));
    assert_eq!(model.lookups, 0);
}
