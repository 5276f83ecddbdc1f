pub fn main(_: &str, _: Vec<Vec<u8>>) -> i32 { 0 }
