//! curl and wget: there is no network here, which they say in their words and by their statuses. curl reads files by
//! `file://`.

use std::fs::File;
use std::io::Write;
use std::os::fd::AsFd;

use cli::frame::{Frame, version};
use cli::stdio;

use crate::{launch, os_path};

const CURL_HELP: &str = "\
Usage: curl [options...] <url>
There is no network here: every host is one that cannot be resolved. URLs of files, file:///PATH, can be read.

 -f, --fail          the same as without
 -I, --head          print the head only
 -o, --output <file> write to file
 -O, --remote-name   write to a file of the last part of the URL
 -s, --silent        say nothing
 -S, --show-error    say what is wrong although -s is there
 -h, --help          print this text
 -V, --version       print the version
";

/// Options of curl with a value, of those that scripts use.
const CURL_VALUED: &[&str] = &[
    "-A",
    "-b",
    "-c",
    "-C",
    "-d",
    "-D",
    "-e",
    "-E",
    "-F",
    "-H",
    "-K",
    "-m",
    "-o",
    "-Q",
    "-r",
    "-t",
    "-T",
    "-u",
    "-U",
    "-w",
    "-x",
    "-X",
    "-y",
    "-Y",
    "-z",
    "--user-agent",
    "--cookie",
    "--cookie-jar",
    "--continue-at",
    "--data",
    "--data-raw",
    "--data-binary",
    "--data-urlencode",
    "--dump-header",
    "--referer",
    "--cert",
    "--form",
    "--header",
    "--config",
    "--max-time",
    "--output",
    "--range",
    "--upload-file",
    "--user",
    "--proxy-user",
    "--write-out",
    "--proxy",
    "--request",
    "--url",
    "--connect-timeout",
    "--retry",
    "--retry-delay",
    "--retry-max-time",
    "--cacert",
    "--capath",
    "--key",
    "--max-redirs",
    "--json",
    "--limit-rate",
    "--output-dir",
    "--resolve",
    "--interface",
    "--proto",
    "--ciphers",
    "--tls-max",
    "--unix-socket",
    "--stderr",
];

#[derive(Default)]
struct Curl {
    silent: bool,
    shows_error: bool,
    head: bool,
    remote_name: bool,
    outputs: Vec<Vec<u8>>,
    urls: Vec<Vec<u8>>,
}

/// Runs curl: its name and its arguments, to an exit status.
pub fn curl(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let hint = || stdio::note("curl: try 'curl --help' or 'curl --manual' for more information");
    let mut curl = Curl::default();
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let text = String::from_utf8_lossy(&word).into_owned();
        if !text.starts_with('-') || text == "-" {
            curl.urls.push(word);
            continue;
        }
        let options: Vec<(String, Option<String>)> =
            if text.starts_with("--") { vec![(text.clone(), None)] } else { cluster(&text) };
        for (option, joined) in options {
            let mut value = None;
            if CURL_VALUED.contains(&option.as_str()) {
                value = joined.map(String::into_bytes).or_else(|| words.next());
                if value.is_none() {
                    stdio::note(&format!("curl: option {option}: requires parameter"));
                    hint();
                    return 2;
                }
            }
            match option.as_str() {
                "-h" | "--help" => return frame.show(CURL_HELP),
                "-V" | "--version" => return frame.show(&version("curl")),
                "-s" | "--silent" => curl.silent = true,
                "-S" | "--show-error" => curl.shows_error = true,
                "-I" | "--head" => curl.head = true,
                "-O" | "--remote-name" => curl.remote_name = true,
                "-o" | "--output" => curl.outputs.extend(value),
                "--url" => curl.urls.extend(value),
                _ => {}
            }
        }
    }
    if curl.urls.is_empty() {
        hint();
        return 2;
    }
    let mut status = 0;
    for (index, url) in curl.urls.iter().enumerate() {
        let output = curl.outputs.get(index).cloned().or_else(|| {
            curl.remote_name.then(|| url.rsplit(|byte| *byte == b'/').next().unwrap_or_default().to_vec())
        });
        if let Err((code, what)) = curl.fetch(url, output.filter(|name| name != b"-")) {
            if !curl.silent || curl.shows_error {
                stdio::note(&format!("curl: ({code}) {what}"));
            }
            status = code;
        }
    }
    status
}

/// The options of a word of short ones, the last perhaps with a value joined to it.
fn cluster(word: &str) -> Vec<(String, Option<String>)> {
    let mut options = Vec::new();
    let mut letters = word[1..].chars();
    while let Some(letter) = letters.next() {
        let option = format!("-{letter}");
        if CURL_VALUED.contains(&option.as_str()) {
            let rest = letters.as_str();
            options.push((option, (!rest.is_empty()).then(|| rest.to_owned())));
            break;
        }
        options.push((option, None));
    }
    options
}

impl Curl {
    /// Fetches a URL; the error is a status and what to complain about.
    fn fetch(&self, url: &[u8], output: Option<Vec<u8>>) -> Result<(), (i32, String)> {
        let text = String::from_utf8_lossy(url);
        let Some(path) = text.strip_prefix("file://") else {
            return Err(match host_of(&text) {
                Ok("") => (3, "URL using bad/illegal format or missing URL".to_owned()),
                Ok(host) => (6, format!("Could not resolve host: {host}")),
                Err(scheme) => (1, format!("Protocol \"{scheme}\" not supported or disabled in libcurl")),
            });
        };
        let path = path.strip_prefix("localhost").unwrap_or(path);
        let decoded = decoded(path);
        let mut file = File::open(os_path(&decoded))
            .ok()
            .filter(|file| file.metadata().is_ok_and(|metadata| !metadata.is_dir()))
            .ok_or_else(|| (37, format!("Couldn't open file {}", String::from_utf8_lossy(&decoded))))?;
        if self.head {
            let size = file.metadata().map_or(0, |metadata| metadata.len());
            let head = format!("Content-Length: {size}\r\nAccept-ranges: bytes\r\n");
            return stdio::print(head.as_bytes()).map_err(|_| failed_writing());
        }
        match output {
            None => {
                let mut block = vec![0; 64 * 1024];
                loop {
                    match rustix::io::retry_on_intr(|| rustix::io::read(file.as_fd(), &mut *block)) {
                        Ok(0) => return Ok(()),
                        Ok(length) => stdio::print(&block[..length]).map_err(|_| failed_writing())?,
                        Err(_) => {
                            return Err((
                                26,
                                "Failed to open/read local data from file/application".to_owned(),
                            ));
                        }
                    }
                }
            }
            Some(name) => {
                let mut target = File::create(os_path(&name)).map_err(|error| {
                    let why = cli::wording::reason(launch::errno_of(&error));
                    (23, format!("Failed to open the file {}: {why}", String::from_utf8_lossy(&name)))
                })?;
                std::io::copy(&mut file, &mut target)
                    .and_then(|_| target.flush())
                    .map_err(|_| failed_writing())
            }
        }
    }
}

fn failed_writing() -> (i32, String) {
    (23, "Failure writing output to destination".to_owned())
}

/// The host of a URL of the network; the error is the scheme that nobody knows.
fn host_of(url: &str) -> Result<&str, &str> {
    let rest = match url.split_once("://") {
        Some((scheme, rest)) => {
            let known = [
                "http", "https", "ftp", "ftps", "ws", "wss", "scp", "sftp", "smtp", "imap", "telnet", "dict",
            ];
            if !known.contains(&scheme.to_ascii_lowercase().as_str()) {
                return Err(scheme);
            }
            rest
        }
        None => url,
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or("");
    let host = authority.rsplit('@').next().unwrap_or(authority);
    Ok(match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or(address),
        None => host.split(':').next().unwrap_or(host),
    })
}

/// A path with its `%XX` read.
fn decoded(path: &str) -> Vec<u8> {
    let bytes = path.as_bytes();
    let (mut text, mut at) = (Vec::new(), 0);
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).filter(|_| *byte == b'%');
        let value = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        text.push(value.unwrap_or(*byte));
        at += if value.is_some() { 3 } else { 1 };
    }
    text
}

const WGET_HELP: &str = "\
Usage: wget [OPTION]... [URL]...
There is no network here: every host is one that cannot be resolved.

  -q,  --quiet        say nothing
  -nv, --no-verbose   say little
  -h,  --help         print this text
  -V,  --version      print the version
";

/// Options of wget with a value, of those that scripts use.
const WGET_VALUED: &[&str] = &[
    "-O", "-o", "-a", "-P", "-T", "-t", "-U", "-w", "-e", "-i", "-B", "-l", "-A", "-R", "-D", "-I", "-X",
    "-Q",
];

/// Runs wget: its name and its arguments, to an exit status.
pub fn wget(program: &str, arguments: Vec<Vec<u8>>) -> i32 {
    let frame = Frame { program };
    let (mut quiet, mut urls) = (false, Vec::new());
    let mut words = arguments.into_iter();
    while let Some(word) = words.next() {
        let text = String::from_utf8_lossy(&word).into_owned();
        match text.as_str() {
            "-h" | "--help" => return frame.show(WGET_HELP),
            "-V" | "--version" => return frame.show(&version("wget")),
            "--quiet" => quiet = true,
            valued if WGET_VALUED.contains(&valued) => drop(words.next()),
            "--" => urls.extend(words.by_ref().map(|word| String::from_utf8_lossy(&word).into_owned())),
            option if option.starts_with('-') && option.len() > 1 => {
                quiet |= !option.starts_with("--") && option[1..].starts_with('q');
                // What is written to is the last of a word of letters, as in -qO-.
                if !option.starts_with("--") && option.ends_with('O') {
                    words.next();
                }
            }
            _ => urls.push(text),
        }
    }
    if urls.is_empty() {
        stdio::note(
            "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.",
        );
        return 1;
    }
    let mut status = 0;
    for url in &urls {
        let (full, host) = match host_of(url) {
            Ok(host) if url.contains("://") => (url.clone(), host),
            Ok(host) => (format!("http://{url}/"), host),
            Err(scheme) => {
                stdio::note(&format!("{url}: Unsupported scheme '{scheme}'."));
                status = status.max(1);
                continue;
            }
        };
        if !quiet {
            let now = i64::try_from(crate::accounts::now_ns() / 1_000_000_000).unwrap_or(0);
            let now = crate::calendar::Moment::from_seconds(now);
            stdio::note(&format!(
                "--{}-{:02}-{:02} {:02}:{:02}:{:02}--  {full}\nResolving {host} ({host})... failed: Name or service \
                 not known.\nwget: unable to resolve host address '{host}'",
                now.year, now.month, now.day, now.hour, now.minute, now.second
            ));
        }
        status = 4;
    }
    status
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_has_a_host() {
        for (url, host) in [
            ("http://a.b/c", Ok("a.b")),
            ("https://u:p@a.b:80/c?d", Ok("a.b")),
            ("a.b/c", Ok("a.b")),
            ("http://[::1]:80/", Ok("::1")),
            ("foo://a", Err("foo")),
        ] {
            assert_eq!(host_of(url), host, "{url}");
        }
        assert_eq!(decoded("/a%20b%zz"), b"/a b%zz");
    }
}
