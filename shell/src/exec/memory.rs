//! Telling the kernel what the shell holds in memory, and the end of a shell that holds too much.

use bstr::BString;
use wasmsand_wasi::Errno;

use super::{Shell, Unwind};

impl Shell {
    /// Tells the kernel when there is news. Asked wherever much can come together: after each assignment, each word,
    /// each piece of what is read.
    pub(crate) async fn check_memory(&mut self) -> Result<(), Unwind> {
        if self.state.is_memory_due() { Box::pin(self.report_memory()).await } else { Ok(()) }
    }

    /// The positional parameters were set.
    pub(crate) fn note_positional(&mut self) {
        self.state.memory.set_positional(&self.state.positional);
    }

    async fn report_memory(&mut self) -> Result<(), Unwind> {
        let bytes = self.state.count_memory();
        match self.sys.memory(bytes).await {
            Err(Errno::NoMem) => Err(self.fail_memory(bytes).await),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// There is no memory: the shell ends, as bash does, and its subshells with it or not, as they need it.
    pub(crate) async fn fail_memory(&mut self, bytes: usize) -> Unwind {
        let mut message: BString = self.state.message_name();
        message.extend_from_slice(format!(": xrealloc: cannot allocate {bytes} bytes\n").as_bytes());
        self.write_error(&message).await;
        Unwind::Exit(2)
    }
}
