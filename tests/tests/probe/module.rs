//! A probe's module: steps to wasm. The guest performs each call, keeps its errno and what it is to tell, and writes
//! all of it to standard error at the end, for `answer.rs` to read.

use std::fmt::Write;

use crate::abi::{FUNCTIONS, signature};
use crate::script::place::{BUF, DATA, EVENTS, LIST, LISTED, MANY, MARK, OUT, PAGES, SIZES, SLOTS};
use crate::script::{Arg, Step, Subscription, Tell};

/// The functions of `library.wat` that steps call, with their parameters.
const LOOPS: [(&str, &str); 6] = [
    ("list", "ii"),
    ("purge", "ii"),
    ("fill", "ii"),
    ("open_many", "ii"),
    ("cycle", "ii"),
    ("poll_many", "ii"),
];

/// Bytes of guest memory that a step tells: at an address, so many, or as many units as a number there says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Region {
    Fixed(u32, u32),
    Counted { count: u32, at: u32, unit: u32 },
}

/// What of memory is told.
pub(crate) fn regions(tell: &Tell) -> Vec<Region> {
    match tell {
        Tell::Nothing => vec![],
        Tell::U32(at) => vec![Region::Fixed(*at, 4)],
        Tell::U64(at) => vec![Region::Fixed(*at, 8)],
        Tell::Text | Tell::Names => vec![Region::Counted { count: OUT, at: BUF, unit: 1 }],
        Tell::Bytes(at, length) => vec![Region::Fixed(*at, *length)],
        Tell::Stat(_) => vec![Region::Fixed(OUT, 64)],
        Tell::Fdstat => vec![Region::Fixed(OUT, 24)],
        Tell::Prestat | Tell::Mark | Tell::Since(_) | Tell::Positive => vec![Region::Fixed(OUT, 8)],
        Tell::Zero(from, length) => vec![Region::Fixed(OUT + from, *length)],
        Tell::Used => vec![Region::Fixed(OUT, 4)],
        Tell::List(_) => vec![Region::Counted { count: LISTED, at: LIST, unit: 1 }],
        Tell::Events => vec![Region::Counted { count: OUT, at: EVENTS, unit: 32 }],
        Tell::Random(length) => vec![Region::Fixed(BUF, *length)],
        Tell::Strings => vec![
            Region::Counted { count: SIZES, at: MANY, unit: 4 },
            Region::Counted { count: SIZES + 4, at: BUF, unit: 1 },
        ],
    }
}

/// The text of a module, and the bytes it finds in memory.
#[derive(Default)]
struct Module {
    code: String,
    data: Vec<u8>,
}

/// The module of a script.
pub(crate) fn compile(steps: &[Step]) -> Vec<u8> {
    let mut module = Module::default();
    for step in steps {
        module.step(step);
    }
    let mut text = "(module\n".to_owned();
    for (name, signature) in FUNCTIONS {
        let result = if name == "proc_exit" { "" } else { "(result i32)" };
        let _ = writeln!(
            text,
            "  (import \"wasi_snapshot_preview1\" \"{name}\" (func ${name} {} {result}))",
            parameters(signature)
        );
    }
    let data: String = module.data.iter().map(|byte| format!("\\{byte:02x}")).collect();
    let _ = writeln!(text, "  (memory (export \"memory\") {PAGES})\n  (data (i32.const {DATA}) \"{data}\")");
    text.push_str(include_str!("library.wat"));
    let _ = writeln!(
        text,
        "  (func (export \"_start\") (local $errno i32)\n  (block $end\n{}  )\n  (call $flush)))",
        module.code
    );
    wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn parameters(signature: &str) -> String {
    signature.chars().map(|kind| if kind == 'I' { "(param i64) " } else { "(param i32) " }).collect()
}

impl Module {
    fn step(&mut self, step: &Step) {
        let function = &step.function;
        let parameters = signature(function)
            .or_else(|| LOOPS.iter().find(|(name, _)| name == function).map(|(_, signature)| *signature))
            .unwrap_or_else(|| panic!("what is `{}`?", step.text));
        assert_eq!(step.args.len(), parameters.len(), "`{}`", step.text);
        let args: Vec<String> = step
            .args
            .iter()
            .zip(parameters.chars())
            .map(|(arg, kind)| self.argument(arg, kind == 'I', &step.text))
            .collect();
        let call = format!("(call ${function} {})", args.join(" "));
        if function == "proc_exit" {
            let _ = writeln!(self.code, "  (call $flush) {call}");
            return;
        }
        let _ =
            writeln!(self.code, "  (call $soil) (local.set $errno {call}) (call $tell (local.get $errno))");
        if !step.told && !step.may_fail {
            self.code.push_str("  (br_if $end (local.get $errno))\n");
        }
        self.code.push_str("  (if (i32.eqz (local.get $errno)) (then (nop)\n");
        if let Some(slot) = step.keep {
            let _ = writeln!(
                self.code,
                "    (i32.store (i32.const {}) (i32.load (i32.const {OUT})))",
                slot_place(slot)
            );
        }
        if step.tell == Tell::Mark {
            let _ = writeln!(self.code, "    (i64.store (i32.const {MARK}) (i64.load (i32.const {OUT})))");
        }
        for region in regions(&step.tell) {
            let (at, length) = match region {
                Region::Fixed(at, length) => (at, format!("(i32.const {length})")),
                Region::Counted { count, at, unit } => {
                    (at, format!("(i32.mul (i32.load (i32.const {count})) (i32.const {unit}))"))
                }
            };
            let _ = writeln!(self.code, "    (call $tell_bytes (i32.const {at}) {length})");
        }
        self.code.push_str("  ))\n");
    }

    fn argument(&mut self, arg: &Arg, is_wide: bool, text: &str) -> String {
        let address = match arg {
            Arg::Number(number) if is_wide => return format!("(i64.const {})", number.cast_signed()),
            Arg::Number(number) => {
                // Negative numbers are written with all their bits.
                let low = number & 0xffff_ffff;
                assert!(low == *number || number.cast_signed() < 0, "`{text}`: {number} is too wide");
                return format!("(i32.const {low})");
            }
            Arg::Slot(slot) => return format!("(i32.load (i32.const {}))", slot_place(*slot)),
            Arg::Data(bytes) => self.place(bytes),
            Arg::Read(lengths) => {
                let mut at = BUF;
                let mut iovecs = Vec::new();
                for length in lengths {
                    iovecs.extend(at.to_le_bytes());
                    iovecs.extend(length.to_le_bytes());
                    at += length;
                }
                self.place(&iovecs)
            }
            Arg::Write(parts) => {
                let mut iovecs = Vec::new();
                for part in parts {
                    iovecs.extend(self.place(part).to_le_bytes());
                    iovecs.extend(u32::try_from(part.len()).unwrap().to_le_bytes());
                }
                self.place(&iovecs)
            }
            Arg::Subscriptions(list) => self.subscriptions(list),
        };
        assert!(!is_wide, "`{text}`: a pointer is narrow");
        format!("(i32.const {address})")
    }

    /// Puts bytes into memory, at a multiple of eight: wasmtime ends a guest whose iovecs are not aligned.
    fn place(&mut self, bytes: &[u8]) -> u32 {
        self.data.resize(self.data.len().next_multiple_of(8), 0);
        let at = DATA + u32::try_from(self.data.len()).unwrap();
        self.data.extend_from_slice(bytes);
        assert!(at + u32::try_from(bytes.len()).unwrap() < BUF, "a script has too much data");
        at
    }

    fn subscriptions(&mut self, list: &[Subscription]) -> u32 {
        let mut bytes = Vec::new();
        let mut patches = Vec::new();
        for subscription in list {
            let start = u32::try_from(bytes.len()).unwrap();
            bytes.extend(subscription.userdata.to_le_bytes());
            bytes.extend(u64::from(subscription.tag).to_le_bytes());
            let what = match *subscription.what {
                Arg::Number(number) => u32::try_from(number).unwrap(),
                Arg::Slot(slot) => {
                    let load = format!("(i32.load (i32.const {}))", slot_place(slot));
                    patches.push((start + 16, "i32.store", load));
                    0
                }
                _ => panic!("a subscription waits for a clock or a descriptor"),
            };
            bytes.extend(u64::from(what).to_le_bytes());
            bytes.extend(subscription.timeout.to_le_bytes());
            bytes.extend(0_u64.to_le_bytes());
            bytes.extend(u64::from(subscription.flags).to_le_bytes());
            if subscription.from_mark {
                let time = subscription.timeout.cast_signed();
                let sum = format!("(i64.add (i64.load (i32.const {MARK})) (i64.const {time}))");
                patches.push((start + 24, "i64.store", sum));
            }
        }
        let at = self.place(&bytes);
        for (offset, store, value) in patches {
            let _ = writeln!(self.code, "  ({store} (i32.const {}) {value})", at + offset);
        }
        at
    }
}

fn slot_place(slot: u32) -> u32 {
    SLOTS + 4 * slot
}
