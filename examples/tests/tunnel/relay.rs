//! Stands in for `ssh -W` in the tests: standard input and output become a TCP connection to the address that is given.

use std::error::Error;
use std::io;
use std::net::{Shutdown, TcpStream};

fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("give an address")?;
    let mut inward = TcpStream::connect(address)?;
    let mut outward = inward.try_clone()?;
    // Whichever way ends first, the process ends when the server has nothing more to say.
    std::thread::spawn(move || {
        let copied = io::copy(&mut io::stdin().lock(), &mut outward);
        let _ = outward.shutdown(Shutdown::Write);
        copied
    });
    copy_at_once(&mut inward)?;
    Ok(())
}

/// Standard output keeps what has no line end: every piece is flushed.
fn copy_at_once(from: &mut TcpStream) -> io::Result<()> {
    use io::{Read as _, Write as _};
    let (mut buffer, mut out) = ([0; 4096], io::stdout());
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            count => out.write_all(&buffer[..count])?,
        }
        out.flush()?;
    }
}
