//! A question on the terminal whose answer it does not show.

use std::io;

use zeroize::Zeroizing;

/// Asks on the terminal of this process, wherever its input comes from. The terminal falls silent before the question stands there,
/// forgets what was typed ahead, and is as it was whatever is answered.
#[cfg(unix)]
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    use std::fs::OpenOptions;
    use std::io::Write as _;

    use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};

    let mut terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let before = tcgetattr(&terminal)?;
    let mut silent = before.clone();
    // A signal would end the process and leave the terminal silent: Ctrl-C is read like any key.
    silent.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
    silent.special_codes[SpecialCodeIndex::VMIN] = 1;
    silent.special_codes[SpecialCodeIndex::VTIME] = 0;
    tcsetattr(&terminal, OptionalActions::Flush, &silent)?;
    let asked = terminal.write_all(question.as_bytes()).and_then(|()| answer(&mut terminal));
    let said = terminal.write_all(b"\n");
    tcsetattr(&terminal, OptionalActions::Flush, &before)?;
    said.and(asked)
}

/// The keys up to Enter.
#[cfg(unix)]
fn answer(keys: &mut impl io::Read) -> io::Result<Zeroizing<String>> {
    const INTERRUPT: u8 = 0x03;
    const END: u8 = 0x04;
    const BACKSPACE: u8 = 0x08;
    const CLEAR: u8 = 0x15;
    const QUIT: u8 = 0x1C;
    const DELETE: u8 = 0x7F;

    let other = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
    // With room enough from the start, so that no copy is left where it would grow.
    let mut typed = Zeroizing::new(Vec::with_capacity(super::secret::LONGEST));
    let mut key = Zeroizing::new([0]);
    loop {
        keys.read_exact(&mut *key)?;
        match key[0] {
            b'\n' | b'\r' | END => break,
            INTERRUPT | QUIT => return Err(io::Error::new(io::ErrorKind::Interrupted, "interrupted")),
            CLEAR => typed.clear(),
            // A letter may have several bytes.
            BACKSPACE | DELETE => while typed.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {},
            byte if byte < b' ' => return other("a key was pressed that is no part of a password"),
            _ if typed.len() == typed.capacity() => return other("that is more than any password is long"),
            byte => typed.push(byte),
        }
    }
    match std::str::from_utf8(&typed) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => other("what was typed is no UTF-8"),
    }
}

#[cfg(not(unix))]
pub(super) fn ask(question: &str) -> io::Result<Zeroizing<String>> {
    rpassword::prompt_password(question).map(Zeroizing::new)
}
