//! Complaints: messages on standard error, in bash's words, with the shell's name and the line.

use bstr::BString;
use wasmsand_wasi::Fd;

use super::Shell;

impl Shell {
    /// `name: line N: what` on standard error.
    pub(crate) async fn complain<B: AsRef<[u8]> + ?Sized>(&mut self, what: &B) {
        let mut message = self.message_prefix();
        message.extend_from_slice(what.as_ref());
        message.push(b'\n');
        self.write_error(&message).await;
    }

    /// `name: line N: who: what`
    pub(crate) async fn complain_of(&mut self, who: &[u8], what: &str) {
        let mut message = BString::from(who);
        message.extend_from_slice(b": ");
        message.extend_from_slice(what.as_bytes());
        self.complain(&message).await;
    }

    /// `name: line N: builtin: who: what`
    pub(crate) async fn complain_in(&mut self, builtin: &str, who: &[u8], what: &str) {
        let mut message = BString::from(builtin);
        message.extend_from_slice(b": ");
        message.extend_from_slice(who);
        message.extend_from_slice(b": ");
        message.extend_from_slice(what.as_bytes());
        self.complain(&message).await;
    }

    /// What messages begin with.
    pub(crate) fn message_prefix(&self) -> BString {
        let mut prefix = self.state.message_name();
        if self.state.interactive {
            prefix.extend_from_slice(b": ");
        } else {
            prefix.extend_from_slice(format!(": line {}: ", self.state.line).as_bytes());
        }
        prefix
    }

    /// Bytes to standard error, as they are.
    pub(crate) async fn write_error(&mut self, bytes: &[u8]) {
        // Whoever closed standard error does not want to hear.
        let _ = self.sys.write_all(Fd::STDERR, bytes).await;
    }

    /// Bytes to standard output on behalf of a builtin; answers its status.
    pub(crate) async fn write_out(&mut self, builtin: &str, bytes: &[u8]) -> u8 {
        if bytes.is_empty() {
            return 0;
        }
        match self.sys.write_all(Fd::STDOUT, bytes).await {
            Ok(()) => 0,
            Err(errno) => {
                let message = format!("{builtin}: write error: {}", errno.message());
                self.complain(&message).await;
                1
            }
        }
    }
}
