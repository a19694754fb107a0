//! Requests to pages: extractors that handlers share.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Response};
use portico_actions::{Actor, Origin};
use portico_core::access::Viewer;

use super::app::App;
use super::branding::PageBranding;
use super::caller::device_of;
use super::host::Host;
use super::own_form::is_own_form;
use super::page::Message;
use super::page_limit::{self, PAGE_COST};
use super::server::Network;
use crate::auth::{SignInError, SignedInRequest, authenticate};

/// A request to a page. Not charged yet: for handlers that check something else before the rate limit.
pub(super) struct Visit {
    pub(super) app: Arc<App>,
    pub(super) host: Option<Host>,
    pub(super) network: Option<IpAddr>,
    pub(super) headers: HeaderMap,
}

/// A request to a page, charged to its network. Networks above their rate get a page that says so, before any read.
pub(super) struct RateLimitedVisit<const COST: u64 = PAGE_COST>(pub(super) Visit);

impl Visit {
    fn of(parts: &Parts, app: &Arc<App>) -> Self {
        Self {
            app: Arc::clone(app),
            host: parts.extensions.get().cloned(),
            network: parts.extensions.get().map(|Network(address)| *address),
            headers: parts.headers.clone(),
        }
    }

    /// Charges the view. Returns the reply if the network exceeds its rate.
    pub(super) async fn throttled(&self, cost: u64) -> Option<Response<Body>> {
        let wait = page_limit::charge(&self.app, self.network, cost).await.err()?;
        Some(Message::too_many(&PageBranding::of_platform(), wait))
    }

    /// Whether the request is a form of the gateway's own pages.
    pub(super) fn is_own_form(&self) -> bool {
        is_own_form(&self.headers)
    }

    /// Network and device of the request.
    pub(super) fn origin(&self) -> Origin {
        Origin { network: self.network, device: device_of(&self.headers) }
    }

    /// The actor of the request, without a session.
    pub(super) fn actor(&self) -> Actor {
        self.actor_as(Viewer::public())
    }

    pub(super) fn actor_as(&self, viewer: Viewer) -> Actor {
        self.app.actor(Arc::new(viewer), self.origin(), (self.app.clock)().moment())
    }

    /// Reads the browser's session.
    pub(super) async fn authenticate(&self) -> Result<SignedInRequest, SignInError> {
        authenticate(&self.app.store, &self.headers, self.app.demo_tokens).await
    }

    /// Branding of the company whose portal is at the host, or the platform's.
    pub(super) async fn branding(&self) -> PageBranding {
        PageBranding::at(&self.app, self.host.as_ref()).await
    }

    /// Branding of the company whose portal is at the host; none at the installation's own hosts.
    pub(super) async fn portal_branding(&self) -> Option<PageBranding> {
        PageBranding::at_portal(&self.app, self.host.as_ref()).await
    }
}

impl FromRequestParts<Arc<App>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of(parts, app))
    }
}

impl<const COST: u64> FromRequestParts<Arc<App>> for RateLimitedVisit<COST> {
    type Rejection = Response<Body>;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response<Body>> {
        let visit = Visit::of(parts, app);
        match visit.throttled(COST).await {
            Some(response) => Err(response),
            None => Ok(Self(visit)),
        }
    }
}
