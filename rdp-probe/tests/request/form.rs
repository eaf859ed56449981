//! A writer and a reader of requests that know nothing of the library's.

/// What a request says, for the encoder and the decoder of this file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) preconnection: Option<(u32, Option<String>)>,
    pub(crate) line: Option<String>,
    pub(crate) negotiation: Option<(u8, u32)>,
    pub(crate) correlation_id: Option<[u8; 16]>,
}

/// As [MS-RDPEPS] 2.2.1 and [MS-RDPBCGR] 2.2.1.1 have it, written out.
pub(crate) fn encode(form: &Form) -> Vec<u8> {
    let mut before = Vec::new();
    if let Some((id, blob)) = &form.preconnection {
        let text: Option<Vec<u16>> = blob.as_ref().map(|blob| blob.encode_utf16().chain([0]).collect());
        let size = 16 + text.as_ref().map_or(0, |text| 2 + 2 * text.len());
        before.extend(u32::try_from(size).unwrap().to_le_bytes());
        before.extend([0; 4]);
        before.extend(if text.is_some() { [2, 0, 0, 0] } else { [1, 0, 0, 0] });
        before.extend(id.to_le_bytes());
        if let Some(text) = text {
            before.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
            before.extend(text.iter().flat_map(|unit| unit.to_le_bytes()));
        }
    }
    let mut variable = Vec::new();
    if let Some(line) = &form.line {
        variable.extend(line.bytes());
        variable.extend(b"\r\n");
    }
    if let Some((flags, protocols)) = form.negotiation {
        variable.extend([1, flags, 8, 0]);
        variable.extend(protocols.to_le_bytes());
    }
    if let Some(id) = &form.correlation_id {
        variable.extend([6, 0, 36, 0]);
        variable.extend(id);
        variable.extend([0; 16]);
    }
    let indicator = u8::try_from(6 + variable.len()).unwrap();
    let length = u16::try_from(11 + variable.len()).unwrap().to_be_bytes();
    let head = [3, 0, length[0], length[1], indicator, 0xE0, 0, 0, 0, 0, 0];
    [before, head.to_vec(), variable].concat()
}

fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, rest) = bytes.split_at(count);
    *bytes = rest;
    taken
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |value, byte| value << 8 | u32::from(*byte))
}

/// A reader that goes by the lengths alone.
pub(crate) fn decode(mut bytes: &[u8]) -> Form {
    let mut form = Form::default();
    if !bytes.starts_with(&[3, 0]) {
        let size = little(take(&mut bytes, 4)) as usize;
        let mut pdu = take(&mut bytes, size - 4);
        assert_eq!(take(&mut pdu, 4), [0; 4], "flags");
        let (version, id) = (little(take(&mut pdu, 4)), little(take(&mut pdu, 4)));
        let blob = (version == 2).then(|| {
            let count = little(take(&mut pdu, 2)) as usize;
            let units: Vec<u16> =
                take(&mut pdu, 2 * count).chunks(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect();
            String::from_utf16(units.strip_suffix(&[0]).unwrap()).unwrap()
        });
        assert!(pdu.is_empty() && (version == 1 || version == 2));
        form.preconnection = Some((id, blob));
    }
    assert_eq!(take(&mut bytes, 2), [3, 0], "TPKT");
    assert_eq!(usize::from(u16::from_be_bytes([bytes[0], bytes[1]])), bytes.len() + 2, "the whole of it");
    take(&mut bytes, 2);
    let indicator = usize::from(take(&mut bytes, 1)[0]);
    assert_eq!((indicator <= 254, indicator), (true, bytes.len()), "255 is reserved");
    assert_eq!(take(&mut bytes, 6), [0xE0, 0, 0, 0, 0, 0], "a Connection Request of class 0");
    if let Some(end) = bytes.windows(2).position(|pair| pair == b"\r\n")
        && bytes.first() != Some(&1)
    {
        form.line = Some(String::from_utf8(take(&mut bytes, end).to_vec()).unwrap());
        take(&mut bytes, 2);
    }
    if !bytes.is_empty() {
        assert_eq!((take(&mut bytes, 1), bytes[1..3].to_vec()), (&[1][..], vec![8, 0]));
        let flags = take(&mut bytes, 3)[0];
        form.negotiation = Some((flags, little(take(&mut bytes, 4))));
        if flags & 8 != 0 {
            assert_eq!(take(&mut bytes, 4), [6, 0, 36, 0]);
            form.correlation_id = Some(take(&mut bytes, 16).try_into().unwrap());
            assert_eq!(take(&mut bytes, 16), [0; 16]);
        }
    }
    assert!(bytes.is_empty(), "nothing behind it: {bytes:?}");
    form
}
