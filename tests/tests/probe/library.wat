  ;; What every probe's module has: the report, and loops that one call cannot do.
  (global $report (mut i32) (i32.const 0x20000))
  (global $listed (mut i32) (i32.const 0))

  (func $tell (param $word i32)
    (i32.store (global.get $report) (local.get $word))
    (global.set $report (i32.add (global.get $report) (i32.const 4))))

  (func $tell_bytes (param $at i32) (param $length i32)
    (call $tell (local.get $length))
    (memory.copy (global.get $report) (local.get $at) (local.get $length))
    (global.set $report (i32.add (global.get $report) (local.get $length))))

  ;; Writes the report to standard error, in as many pieces as it takes.
  (func $flush (local $at i32)
    (local.set $at (i32.const 0x20000))
    (block $done (loop $more
      (br_if $done (i32.ge_u (local.get $at) (global.get $report)))
      (i32.store (i32.const 1152) (local.get $at))
      (i32.store (i32.const 1156) (i32.sub (global.get $report) (local.get $at)))
      (br_if $done (call $fd_write (i32.const 2) (i32.const 1152) (i32.const 1) (i32.const 1160)))
      (local.set $at (i32.add (local.get $at) (i32.load (i32.const 1160))))
      (br $more)))
    (global.set $report (i32.const 0x20000)))

  ;; Before a call: bytes that no function would write by chance.
  (func $soil
    (memory.fill (i32.const 1152) (i32.const 0xaa) (i32.const 128))
    (memory.fill (i32.const 0x10000) (i32.const 0xaa) (i32.const 512))
    (memory.fill (i32.const 0x140000) (i32.const 0xaa) (i32.const 256)))

  ;; Reads a directory to its end as wasi-libc does, with a buffer of so many bytes. Gathers whole entries, or unlinks
  ;; each as soon as it is read.
  (func $walk (param $fd i32) (param $room i32) (param $purge i32) (result i32)
    (local $cookie i64) (local $errno i32) (local $used i32) (local $at i32) (local $size i32) (local $any i32)
    (global.set $listed (i32.const 0))
    (loop $more
      (local.set $errno (call $fd_readdir (local.get $fd) (i32.const 0x10000) (local.get $room) (local.get $cookie)
        (i32.const 1152)))
      (if (local.get $errno) (then (return (local.get $errno))))
      (local.set $used (i32.load (i32.const 1152)))
      (local.set $at (i32.const 0x10000))
      (local.set $any (i32.const 0))
      (block $cut (loop $entries
        (br_if $cut (i32.lt_s (i32.sub (i32.add (i32.const 0x10000) (local.get $used)) (local.get $at)) (i32.const 24)))
        (local.set $size (i32.add (i32.const 24) (i32.load (i32.add (local.get $at) (i32.const 16)))))
        (br_if $cut (i32.lt_s
          (i32.sub (i32.add (i32.const 0x10000) (local.get $used)) (local.get $at)) (local.get $size)))
        (local.set $cookie (i64.load (local.get $at)))
        (local.set $any (i32.const 1))
        (if (local.get $purge)
          (then (if (i32.ne (i32.load8_u (i32.add (local.get $at) (i32.const 24))) (i32.const 0x2e))
            (then (drop (call $path_unlink_file (local.get $fd) (i32.add (local.get $at) (i32.const 24))
              (i32.sub (local.get $size) (i32.const 24)))))))
          (else (memory.copy (i32.add (i32.const 0x180000) (global.get $listed)) (local.get $at) (local.get $size))
            (global.set $listed (i32.add (global.get $listed) (local.get $size)))))
        (local.set $at (i32.add (local.get $at) (local.get $size)))
        (br $entries)))
      (br_if $more (i32.and (local.get $any) (i32.eq (local.get $used) (local.get $room)))))
    (i32.store (i32.const 1120) (global.get $listed))
    (i32.const 0))

  (func $list (param $fd i32) (param $room i32) (result i32)
    (call $walk (local.get $fd) (local.get $room) (i32.const 0)))
  (func $purge (param $fd i32) (param $room i32) (result i32)
    (call $walk (local.get $fd) (local.get $room) (i32.const 1)))

  ;; Creates files e00000, e00001, ... in a directory; their number is at 1152.
  (func $fill (param $fd i32) (param $count i32) (result i32) (local $i i32) (local $errno i32)
    (i64.store (i32.const 1160) (i64.const 0x303030303065)) ;; e00000
    (block $done (loop $more
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (i32.store8 (i32.const 1161) (call $digit (local.get $i) (i32.const 10000)))
      (i32.store8 (i32.const 1162) (call $digit (local.get $i) (i32.const 1000)))
      (i32.store8 (i32.const 1163) (call $digit (local.get $i) (i32.const 100)))
      (i32.store8 (i32.const 1164) (call $digit (local.get $i) (i32.const 10)))
      (i32.store8 (i32.const 1165) (call $digit (local.get $i) (i32.const 1)))
      (local.set $errno (call $path_open (local.get $fd) (i32.const 0) (i32.const 1160) (i32.const 6) (i32.const 1)
        (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 1168)))
      (if (local.get $errno) (then (return (local.get $errno))))
      (drop (call $fd_close (i32.load (i32.const 1168))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $more)))
    (i32.store (i32.const 1152) (local.get $i))
    (i32.const 0))

  (func $digit (param $number i32) (param $place i32) (result i32)
    (i32.add (i32.const 48) (i32.rem_u (i32.div_u (local.get $number) (local.get $place)) (i32.const 10))))

  ;; Opens the directory itself so often, keeping all open or closing each; how often it worked is at 1152.
  (func $open_dot (param $fd i32) (param $count i32) (param $close i32) (result i32) (local $i i32)
    (i32.store8 (i32.const 1160) (i32.const 0x2e))
    (block $done (loop $more
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (br_if $done (call $path_open (local.get $fd) (i32.const 0) (i32.const 1160) (i32.const 1) (i32.const 0)
        (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 1168)))
      (if (local.get $close) (then (br_if $done (call $fd_close (i32.load (i32.const 1168))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $more)))
    (i32.store (i32.const 1152) (local.get $i))
    (i32.const 0))
  (func $open_many (param $fd i32) (param $count i32) (result i32)
    (call $open_dot (local.get $fd) (local.get $count) (i32.const 0)))
  (func $cycle (param $fd i32) (param $count i32) (result i32)
    (call $open_dot (local.get $fd) (local.get $count) (i32.const 1)))

  ;; Polls so many subscriptions of a kind: 0, a clock each, one of them due at once; 2, standard output each.
  (func $poll_many (param $tag i32) (param $count i32) (result i32) (local $i i32) (local $at i32)
    (memory.fill (i32.const 0x100000) (i32.const 0) (i32.mul (local.get $count) (i32.const 48)))
    (block $done (loop $more
      (br_if $done (i32.ge_u (local.get $i) (local.get $count)))
      (local.set $at (i32.add (i32.const 0x100000) (i32.mul (local.get $i) (i32.const 48))))
      (i32.store8 (i32.add (local.get $at) (i32.const 8)) (local.get $tag))
      (i32.store (i32.add (local.get $at) (i32.const 16)) (i32.const 1))
      (i64.store (i32.add (local.get $at) (i32.const 24))
        (i64.mul (i64.extend_i32_u (local.get $i)) (i64.const 3600000000000)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br $more)))
    (call $poll_oneoff (i32.const 0x100000) (i32.const 0x140000) (local.get $count) (i32.const 1152)))
