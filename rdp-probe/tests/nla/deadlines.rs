//! Budgets hold, whatever the server does.

use rdp_probe::Budget;
use rdp_probe_lab::{NlaAct, NlaTurn};
use support::ms;

use super::*;

const BUDGET: Budget = Budget { stage: Duration::from_secs(5), total: Duration::from_secs(12) };

const TURNS: [NlaTurn; 4] = [NlaTurn::Challenge, NlaTurn::Accept, NlaTurn::Binding, NlaTurn::Authorization];

#[tokio::test(start_paused = true)]
async fn silence_at_any_message_ends_with_the_stage() {
    for turn in TURNS {
        let server = server().instead_of(turn, NlaAct::Leave(Ending::Silence));
        let met = meet_alice(builder(Goal::Delegate).package(Package::Spnego).budget(BUDGET), &server).await;
        assert_eq!((met.end(), met.elapsed), ((Stage::Nla, End::Timeout), BUDGET.stage), "{turn:?}");
    }
}

/// The stage is one, however many messages it has: who answers slowly does not get more of it.
#[tokio::test(start_paused = true)]
async fn a_server_that_drips_does_not_get_more_time() {
    for turn in [NlaTurn::Challenge, NlaTurn::Accept, NlaTurn::Binding] {
        let dripping = |pause| server().instead_of(turn, NlaAct::Drip(pause));
        let prober = || builder(Goal::Delegate).package(Package::Spnego).budget(BUDGET);
        let met = meet_alice(prober(), &dripping(ms(700))).await;
        assert_eq!((met.end(), met.elapsed), ((Stage::Nla, End::Timeout), BUDGET.stage), "{turn:?}");
        let met = meet_alice(prober(), &dripping(ms(1))).await;
        assert_eq!(met.end(), (Stage::Nla, End::Complete), "{turn:?} slow, and in time: {}", met.report);
    }
}

/// What the dial and the stages before took counts towards the whole.
#[tokio::test(start_paused = true)]
async fn the_whole_is_never_longer_than_promised() {
    let budget = Budget { stage: Duration::from_secs(20), total: Duration::from_secs(3) };
    for turn in TURNS {
        for act in [NlaAct::Leave(Ending::Silence), NlaAct::Drip(ms(900))] {
            if turn == NlaTurn::Authorization && matches!(act, NlaAct::Drip(_)) {
                continue;
            }
            let server = server().instead_of(turn, act);
            let met = meet_alice(builder(Goal::Delegate).package(Package::Spnego).budget(budget), &server).await;
            assert_eq!((met.end(), met.elapsed), ((Stage::Nla, End::Timeout), budget.total), "{turn:?}");
        }
    }
}
