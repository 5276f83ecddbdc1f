//! Hops: how recursion of a script stays off the native stack.
//!
//! A future that awaits a future is polled through it, so a function that calls itself would go as deep into the
//! native stack as into its own recursion. Now and then the evaluator hops instead: the shell itself moves into a
//! future of its own, which goes onto the driver's stack of futures, in the heap, and only the top of that is
//! polled. When it is done, the shell moves back to where it hopped from.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use wasmsand_wasi::CoroutineFuture;

use super::Shell;

/// Nested lists until a function call hops.
const LISTS_BEFORE_CALL_HOP: u32 = 6;

/// Nested lists until a list hops.
const LISTS_BEFORE_HOP: u32 = 16;

/// Nested expansions until one hops.
const EXPANSIONS_BEFORE_HOP: u32 = 8;

type Leg = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a shell comes back to.
type Landing<T> = Arc<Mutex<Option<(Shell, T)>>>;

/// A shell on its way, and what came of it.
pub(crate) type Flight<T> = Pin<Box<dyn Future<Output = (Shell, T)> + Send>>;

/// Futures on their way to the driver. The two ends are never used at the same time.
#[derive(Clone, Default)]
pub(crate) struct Hops(Arc<Mutex<Vec<Leg>>>);

impl Hops {
    fn push(&self, leg: Leg) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(leg);
    }

    fn take(&self) -> Vec<Leg> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The body of a shell process: polls the innermost hop.
pub(crate) struct Driver {
    body: CoroutineFuture,
    legs: Vec<Leg>,
    hops: Hops,
}

impl Driver {
    /// A driver of a body whose shell hops through `hops`.
    pub(crate) fn new(body: CoroutineFuture, hops: Hops) -> Driver {
        Driver { body, legs: Vec::new(), hops }
    }
}

impl Future for Driver {
    type Output = u8;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<u8> {
        loop {
            let ended = match self.legs.last_mut() {
                Some(leg) => leg.as_mut().poll(context).is_ready(),
                None => match self.body.as_mut().poll(context) {
                    Poll::Ready(status) => return Poll::Ready(status),
                    Poll::Pending => false,
                },
            };
            if ended {
                self.legs.pop();
                continue;
            }
            let mut begun = self.hops.take();
            if begun.is_empty() {
                return Poll::Pending;
            }
            self.legs.append(&mut begun);
        }
    }
}

/// Waits for the shell to land. It is polled only when it has.
struct Landed<T>(Landing<T>);

impl<T> Future for Landed<T> {
    type Output = (Shell, T);

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(landed) => Poll::Ready(landed),
            None => Poll::Pending,
        }
    }
}

impl Shell {
    /// Is it time to hop before a list?
    pub(crate) fn is_deep(&self) -> bool {
        self.lists >= LISTS_BEFORE_HOP
    }

    /// Is it time to hop before a function call?
    pub(crate) fn is_deep_for_call(&self) -> bool {
        self.lists >= LISTS_BEFORE_CALL_HOP
    }

    /// Is it time to hop before an expansion within another?
    pub(crate) fn is_deep_for_expansion(&self) -> bool {
        self.expansions >= EXPANSIONS_BEFORE_HOP
    }

    /// Moves the shell into a future of its own and waits for both.
    pub(crate) async fn hop<T: Send + 'static>(&mut self, begin: impl FnOnce(Shell) -> Flight<T>) -> T {
        let (lists, expansions) = (std::mem::take(&mut self.lists), std::mem::take(&mut self.expansions));
        let hops = self.hops.clone();
        let shell = std::mem::replace(self, Shell::hollow(hops.clone()));
        let flight = begin(shell);
        let landing: Landing<T> = Landing::default();
        let there = Arc::clone(&landing);
        hops.push(Box::pin(async move {
            let landed = flight.await;
            *there.lock().unwrap_or_else(PoisonError::into_inner) = Some(landed);
        }));
        let (shell, outcome) = Landed(landing).await;
        *self = shell;
        (self.lists, self.expansions) = (lists, expansions);
        outcome
    }
}
