//! Servers that read the Connection Request and give no whole answer to it.

use std::time::Duration;

use rdp_probe::Protocols;
use rdp_probe::diagnose::Cause;

use super::{SOUND, Scenario, mute, row, says};
use crate::answer::Answer;
use crate::behaviour::{Behaviour, Then};
use crate::flood::Flood;
use crate::player::Ending;
use crate::policy::Policy;

/// How much of a Connection Confirm comes where it is cut short: its header, and half of the rest.
const HALF: usize = 11;

/// An MCS Disconnect Provider Ultimatum, user requested, as many servers end with ([MS-RDPBCGR] 2.2.2.3 and 4.2.3).
pub(super) const ULTIMATUM: &[u8] = &[3, 0, 0, 9, 2, 0xF0, 0x80, 0x21, 0x80];

/// An X.224 Disconnect Request, normal disconnect (X.224 section 13.5).
const DISCONNECT_REQUEST: &[u8] = &[3, 0, 0, 11, 6, 0x80, 0, 0, 0x12, 0x34, 0x80];

const fn cut(ending: Ending) -> Behaviour {
    Behaviour::Answer(Answer::Cut(Policy::Tls, HALF), Then::End(ending))
}

pub(super) const UNANSWERED: &[Scenario] = &[
    row(
        "closes-on-request",
        Cause::ClosedOnRequest,
        mute(Ending::Fin),
        "closes after the Connection Request, without a byte",
    )
    .told_as(Cause::DeadForward),
    row(
        "resets-on-request",
        Cause::ResetOnRequest,
        mute(Ending::Reset),
        "resets after the Connection Request, without a byte",
    )
    .told_as(Cause::DeadForward),
    row(
        "silent-after-request",
        Cause::SilentAfterRequest,
        mute(Ending::Silence),
        "reads the Connection Request and says nothing",
    ),
    row(
        "offer-dropped",
        Cause::ClosedOnRequest,
        Behaviour::Answer(
            Answer::IfOffers(Protocols::HYBRID_EX, &Answer::Close, &Answer::Negotiate(Policy::Tls)),
            SOUND,
        ),
        "closes after a Connection Request that offers HYBRID_EX, without a byte; healthy for others",
    )
    .told_as(Cause::OfferNotTaken),
    row(
        "drip",
        Cause::AnswerStalled,
        Behaviour::Answer(Answer::Drip(Policy::Tls, Duration::from_secs(1)), SOUND),
        "answers one byte a second",
    ),
    row("confirm-cut-fin", Cause::AnswerTruncated, cut(Ending::Fin), "closes in the middle of its Connection Confirm"),
    row(
        "confirm-cut-reset",
        Cause::AnswerTruncated,
        cut(Ending::Reset),
        "resets in the middle of its Connection Confirm",
    ),
    row(
        "confirm-cut-silent",
        Cause::AnswerStalled,
        cut(Ending::Silence),
        "stops in the middle of its Connection Confirm",
    ),
    row(
        "flood-after-request",
        Cause::ConfirmMalformed,
        Behaviour::Answer(Answer::Flood(Flood::Packet), Then::End(Ending::Fin)),
        "answers with a TPKT of 65535 bytes, and bytes without end",
    ),
    row(
        "ultimatum-for-confirm",
        Cause::DisconnectedBeforeConfirm,
        says(ULTIMATUM),
        "answers with an MCS Disconnect Provider Ultimatum in place of a Connection Confirm",
    ),
    row(
        "disconnect-request-for-confirm",
        Cause::DisconnectedInX224,
        says(DISCONNECT_REQUEST),
        "answers with an X.224 Disconnect Request in place of a Connection Confirm",
    ),
];
