//! Certificates with burdens of every kind.

use super::der::{element, fill, nested, own_object, sequence};

const ED25519: &[u8] = &[6, 3, 0x2B, 0x65, 0x70];

/// The parts of a certificate that can be exchanged for something else.
struct Parts {
    algorithm: Vec<u8>,
    name: Vec<u8>,
    key: Vec<u8>,
    extensions: Vec<Vec<u8>>,
}

impl Default for Parts {
    fn default() -> Self {
        let common_name = attribute(&[0x55, 4, 3], 12, b"bomb.example");
        Self {
            algorithm: sequence(&[ED25519.to_vec()]),
            name: sequence(&[element(0x31, &common_name)]),
            key: sequence(&[sequence(&[ED25519.to_vec()]), element(3, &[0; 33])]),
            extensions: Vec::new(),
        }
    }
}

impl Parts {
    fn certificate(&self) -> Vec<u8> {
        let validity = sequence(&[element(0x17, b"260101000000Z"), element(0x17, b"490101000000Z")]);
        let signed = sequence(&[
            element(0xA0, &[2, 1, 2]),
            element(2, &[1]),
            self.algorithm.clone(),
            self.name.clone(),
            validity,
            self.name.clone(),
            self.key.clone(),
            element(0xA3, &sequence(&self.extensions)),
        ]);
        sequence(&[signed, self.algorithm.clone(), element(3, &[0; 65])])
    }
}

fn attribute(object: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
    sequence(&[element(6, object), element(tag, value)])
}

fn extension(object: &[u8], value: &[u8]) -> Vec<u8> {
    sequence(&[element(6, object), element(4, value)])
}

const ALTERNATIVES: [u8; 3] = [0x55, 0x1D, 17];
const PURPOSES: [u8; 3] = [0x55, 0x1D, 37];

/// A number in five digits: all are of the same length.
fn digits(number: usize) -> Vec<u8> {
    format!("{number:05}").into_bytes()
}

/// A certificate, and the name of its burden.
type Burdened = (&'static str, Vec<u8>);

/// Certificates of about so many bytes, each with a burden of another kind.
pub(crate) fn certificates(bytes: usize) -> Vec<Burdened> {
    [deep(bytes), deep_in_keys(bytes), many(bytes), many_in_names(bytes), long(bytes)].concat()
}

fn with(extensions: Vec<Vec<u8>>) -> Vec<u8> {
    Parts { extensions, ..Parts::default() }.certificate()
}

/// With these names.
pub(crate) fn alternatives(names: &[Vec<u8>]) -> Vec<u8> {
    with(vec![extension(&ALTERNATIVES, &sequence(names))])
}

fn named(name: Vec<u8>) -> Vec<u8> {
    Parts { name, ..Parts::default() }.certificate()
}

fn signed(algorithm: Vec<u8>) -> Vec<u8> {
    Parts { algorithm, ..Parts::default() }.certificate()
}

fn keyed(key: Vec<u8>) -> Vec<u8> {
    Parts { key, ..Parts::default() }.certificate()
}

fn deep(bytes: usize) -> Vec<Burdened> {
    let deep = || nested(0x30, bytes);
    let value = sequence(&[element(6, &[0x55, 4, 3]), nested(0x30, bytes / 2)]);
    vec![
        ("nothing but depth", deep()),
        ("depth in an extension", with(vec![extension(&own_object(1), &deep())])),
        ("depth in the names", with(vec![extension(&ALTERNATIVES, &deep())])),
        ("depth in another name", alternatives(&[element(0xA0, &deep())])),
        ("depth in a directory name", alternatives(&[element(0xA4, &deep())])),
        ("depth in the purposes", with(vec![extension(&PURPOSES, &deep())])),
        ("depth in the extensions", with(vec![deep()])),
        ("depth in the name", named(sequence(&[element(0x31, &value)]))),
        ("depth for a name", named(nested(0x31, bytes / 2))),
    ]
}

const PSS: [u8; 11] = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 10];
const RSA: [u8; 11] = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1];

fn deep_in_keys(bytes: usize) -> Vec<Burdened> {
    let deep = || nested(0x30, bytes);
    let key = sequence(&[sequence(&[ED25519.to_vec(), deep()]), element(3, &[0; 33])]);
    vec![
        ("depth in the algorithm", signed(sequence(&[ED25519.to_vec(), deep()]))),
        ("depth in PSS", signed(sequence(&[PSS.to_vec(), element(0xA0, &deep())]))),
        ("depth in the key", keyed(key)),
        ("depth for a key", keyed(deep())),
    ]
}

fn many(bytes: usize) -> Vec<Burdened> {
    let name = |number| element(0x82, &[b"host-".to_vec(), digits(number), b".example".to_vec()].concat());
    let directory = element(0xA4, &Parts::default().name);
    let twice = extension(&ALTERNATIVES, &sequence(&[element(0x82, b"twice.example")]));
    let purposes = fill(bytes, |number| element(6, &own_object(number)));
    vec![
        ("many names", alternatives(&fill(bytes, name))),
        ("names that move the cursor", alternatives(&fill(bytes, |_| element(0x82, b"\x1b[2J\n\n\x07\x00")))),
        ("many addresses", alternatives(&fill(bytes, |number| element(0x87, &number.to_be_bytes()[4..])))),
        ("addresses that are none", alternatives(&fill(bytes, |number| element(0x87, &digits(number))))),
        ("many directory names", alternatives(&fill(bytes, |_| directory.clone()))),
        ("many purposes", with(vec![extension(&PURPOSES, &sequence(&purposes))])),
        ("many extensions", with(fill(bytes, |number| extension(&own_object(number), &[5, 0])))),
        ("one extension many times", with(fill(bytes, |_| twice.clone()))),
    ]
}

fn many_in_names(bytes: usize) -> Vec<Burdened> {
    let one_set = fill(bytes / 2, |number| attribute(&[0x55, 4, 3], 12, &digits(number))).concat();
    let sets = fill(bytes / 2, |number| element(0x31, &attribute(&[0x55, 4, 11], 12, &digits(number))));
    vec![
        ("many parts of a name at once", named(sequence(&[element(0x31, &one_set)]))),
        ("many parts of a name", named(sequence(&sets))),
    ]
}

fn long(bytes: usize) -> Vec<Burdened> {
    let controls = element(0x31, &attribute(&[0x55, 4, 3], 12, &vec![7; bytes / 2]));
    let object = element(6, &vec![0x81; bytes / 2]);
    let part = element(0x31, &sequence(&[object.clone(), element(12, b"x")]));
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        let key = sequence(&[element(2, modulus), element(2, exponent)]);
        keyed(sequence(&[sequence(&[RSA.to_vec()]), element(3, &[vec![0], key].concat())]))
    };
    vec![
        ("a name of control characters", named(sequence(&[controls]))),
        ("a long object identifier in the name", named(sequence(&[part]))),
        ("a long algorithm", signed(sequence(&[object]))),
        ("a long modulus", rsa(&vec![0x7F; bytes], &[1, 0, 1])),
        ("a long exponent", rsa(&[0x7F; 256], &vec![0x7F; bytes])),
    ]
}
