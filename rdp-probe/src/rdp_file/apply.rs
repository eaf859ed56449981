//! From an `.rdp` file to what is asked of its target.

use super::{GatewayUse, RdpFile};
use crate::evidence::{Plan, Request};

impl RdpFile {
    /// Plans what the file says of the opening: target, offer, cookie or routing token, pre-connection blob, and the
    /// gateway, which is written down and not followed.
    ///
    /// A pre-connection blob is taken over where it is the id of a virtual machine. Another may be a ticket of a gateway,
    /// which belongs in no report; give it with [`Request::with_preconnection_blob`] if it is none. With
    /// [`RdpFile::negotiates`] false the Windows client begins TLS at once; the plan negotiates all the same. Letters of the
    /// user's name beyond ASCII become question marks in the cookie.
    pub fn apply(&self, plan: &mut Plan) {
        plan.target = self.target().clone();
        plan.offer = self.offer();
        plan.request = self.request(std::mem::take(&mut plan.request));
        let used = self.gateway().filter(|gateway| gateway.usage() != GatewayUse::Never);
        plan.gateway = used.map(|gateway| gateway.target().clone());
    }

    /// What does not fit is left out: the client of Windows would not send it so, either.
    fn request(&self, mut request: Request) -> Request {
        if let Some(token) = self.load_balance_info() {
            request = request.clone().with_routing_token(token).unwrap_or(request);
        } else if let Some(name) = self.mstshash() {
            let name: String = name.chars().map(|c| if matches!(c, ' '..='~') { c } else { '?' }).collect();
            request = request.clone().with_cookie(&name).unwrap_or(request);
        }
        if let Some(blob) = self.preconnection_blob().filter(|blob| is_machine(blob)) {
            request = request.clone().with_preconnection_blob(blob).unwrap_or(request);
        }
        request
    }
}

/// Whether a blob is the id of a virtual machine, with an option behind it or without.
fn is_machine(blob: &str) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let id = blob.split_once(';').map_or(blob, |(id, _)| id);
    let hex = |group: &str| group.bytes().all(|byte| byte.is_ascii_hexdigit());
    id.split('-').map(str::len).eq(GROUPS) && id.split('-').all(hex) && blob.len() <= 64
}
