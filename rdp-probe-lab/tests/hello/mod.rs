//! A `ClientHello` by hand, which offers what a test wants (RFC 5246 section 7.4.1.2).

/// `TLS_RSA_WITH_AES_128_CBC_SHA`
pub(crate) const AES128_SHA: u16 = 0x002F;
/// `TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA`
pub(crate) const ECDHE_AES128_SHA: u16 = 0xC013;
/// `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`
pub(crate) const ECDHE_AES128_GCM: u16 = 0xC02F;
/// `TLS_AES_128_GCM_SHA256`
pub(crate) const TLS_AES128_GCM: u16 = 0x1301;

/// What is offered, and how much room it takes.
pub(crate) struct Hello {
    version: u16,
    suites: Vec<u16>,
    extensions: Vec<u8>,
    length: Option<usize>,
}

/// A list, and before it its length in two bytes.
fn sized(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

fn numbers(list: &[u16]) -> Vec<u8> {
    list.iter().flat_map(|number| number.to_be_bytes()).collect()
}

fn extension(kind: u16, body: &[u8]) -> Vec<u8> {
    [kind.to_be_bytes().to_vec(), sized(body)].concat()
}

impl Hello {
    /// The client's random bytes.
    pub(crate) const RANDOM: [u8; 32] = [7; 32];

    /// This version at most, these suites, and the groups and signatures that everybody knows.
    pub(crate) fn new(version: u16, suites: &[u16]) -> Self {
        let groups = extension(10, &sized(&numbers(&[0x001D, 0x0017])));
        let signatures = extension(13, &sized(&numbers(&[0x0804, 0x0401])));
        Self { version, suites: suites.to_vec(), extensions: [groups, signatures].concat(), length: None }
    }

    fn with(mut self, kind: u16, body: &[u8]) -> Self {
        self.extensions.extend(extension(kind, body));
        self
    }

    /// The same for the server of this name.
    pub(crate) fn naming(self, name: &str) -> Self {
        let entry = [&[0], sized(name.as_bytes()).as_slice()].concat();
        self.with(0, &sized(&entry))
    }

    /// The same with a list of versions.
    pub(crate) fn listing(self, versions: &[u16]) -> Self {
        let list = numbers(versions);
        self.with(43, &[&[u8::try_from(list.len()).unwrap()], list.as_slice()].concat())
    }

    /// The same with as much padding (RFC 7685) as makes it so long on the wire.
    pub(crate) fn padded_to(mut self, length: usize) -> Self {
        self.length = Some(length);
        self
    }

    /// The one record that it is sent in.
    pub(crate) fn records(&self) -> Vec<u8> {
        let bare = self.with_padding(0);
        match self.length {
            Some(length) => self.with_padding(length - bare.len()),
            None => bare,
        }
    }

    /// So many bytes longer than without; not one, two or three.
    fn with_padding(&self, more: usize) -> Vec<u8> {
        let padding = if more == 0 { Vec::new() } else { extension(21, &vec![0; more - 4]) };
        let body = [
            self.version.to_be_bytes().to_vec(),
            Self::RANDOM.to_vec(),
            vec![0],
            sized(&numbers(&self.suites)),
            vec![1, 0],
            sized(&[self.extensions.as_slice(), &padding].concat()),
        ]
        .concat();
        let message = [&[1, 0], sized(&body).as_slice()].concat();
        [&[22, 3, 1], sized(&message).as_slice()].concat()
    }
}
