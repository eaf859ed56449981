//! Panics where a test asks for them: at the boundary, inside a probe, and in a thread of the runtime's.

#[cfg(not(debug_assertions))]
compile_error!("the feature inject-panics is for tests, and tests are not built for release");

use rdp_probe::{Network as _, Resolver, Resolving, System};

/// A text that makes the call panic that it is given to.
const AT_ONCE: &str = "panic.invalid";

/// A host that makes the probe panic that looks it up.
const INSIDE: &str = "panic-inside.invalid";

/// Panics if this text says so.
pub(crate) fn at_once(text: &str) {
    assert!(text != AT_ONCE, "injected at once");
}

/// The operating system's resolver, but for one name.
pub(crate) struct Injected;

impl Resolver for Injected {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolving<'a> {
        Box::pin(async move {
            assert!(host != INSIDE, "injected inside");
            System::new().resolve(host, port).await
        })
    }
}
