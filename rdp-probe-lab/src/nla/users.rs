//! Who may log on to a lab server of Network Level Authentication.

use rdp_probe::codes::NtStatus;

use super::ntlm::nt_hash;

/// An account of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) user: String,
    /// Where there is none, clients may name any.
    pub(super) domain: Option<String>,
    pub(super) password: String,
    pub(super) nt_hash: [u8; 16],
    /// What the server answers to the right password.
    pub(super) refusal: Option<NtStatus>,
}

impl Account {
    /// The domain may stand in the name, as `DOMAIN\user`.
    pub(super) fn new(user: &str, password: &str, refusal: Option<NtStatus>) -> Self {
        let (domain, user) = user.split_once('\\').map_or((None, user), |(domain, user)| (Some(domain), user));
        Self {
            user: user.to_owned(),
            domain: domain.map(str::to_owned),
            password: password.to_owned(),
            nt_hash: nt_hash(password),
            refusal,
        }
    }

    /// Whether this name is of it. Names know no case; a user principal name goes by what stands before its `@`.
    fn is_called(&self, domain: &str, user: &str) -> bool {
        let same = |one: &str, other: &str| one.to_uppercase() == other.to_uppercase();
        match (&self.domain, user.split_once('@')) {
            (None, Some((user, _))) => same(&self.user, user),
            (None, None) => same(&self.user, user),
            (Some(own), Some((user, suffix))) => same(own, suffix) && same(&self.user, user),
            (Some(own), None) => same(own, domain) && same(&self.user, user),
        }
    }

    /// Whether these are its credentials, as delegated.
    pub(super) fn fits(&self, domain: &str, user: &str, password: &str) -> bool {
        self.is_called(domain, user) && self.password == password
    }
}

pub(super) fn find<'a>(accounts: &'a [Account], domain: &str, user: &str) -> Option<&'a Account> {
    accounts.iter().find(|account| account.is_called(domain, user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_know_no_case_and_a_domain_counts_where_there_is_one() {
        let accounts = [Account::new("alice", "a", None), Account::new("LAB\\bob", "b", None)];
        for (domain, user, found) in [
            ("", "ALICE", Some("alice")),
            ("ANY", "alice", Some("alice")),
            ("", "alice@any.test", Some("alice")),
            ("lab", "Bob", Some("bob")),
            ("", "bob@lab", Some("bob")),
            ("", "bob", None),
            ("OTHER", "bob", None),
            ("", "carol", None),
        ] {
            assert_eq!(find(&accounts, domain, user).map(|account| &*account.user), found, "{domain} {user}");
        }
        assert!(accounts[1].fits("LAB", "bob", "b") && !accounts[1].fits("LAB", "bob", "B"));
    }
}
