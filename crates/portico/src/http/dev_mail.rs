//! `/dev/mail`: the mails of the demo, which are written to a folder and not sent. The route exists in the demo only.
//!
//! The content of a mail is untrusted: pages escape it, and its HTML part is shown in a sandboxed frame without scripts and
//! forms.

use std::io;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::Path;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Extension, Router};
use minijinja::context;
use minijinja::value::Serde;
use portico_adapters::mail::{FolderMail, MailFolder};
use portico_core::id::JobId;

use super::app::App;
use super::branding::PageBranding;
use super::page::{self, MAIL, html};
use super::reply::not_found;
use super::request_id::RequestId;

/// Content security policy of a mail's HTML part: inline styles only. Links open in a new browser window.
const PART: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";
pub(super) fn routes(folder: MailFolder) -> Router<Arc<App>> {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/{id}", get(mail))
        .route("/dev/mail/{id}/html", get(part))
        .layer(Extension(folder))
}

async fn list(Extension(folder): Extension<MailFolder>) -> Response<Body> {
    match folder.list().await {
        Ok(mails) => page("mail_list.html", context! { title => "Emails of the demo", mails => Serde(mails) }),
        Err(error) => unreadable(&error),
    }
}

async fn mail(id: Extension<RequestId>, folder: Extension<MailFolder>, Path(name): Path<String>) -> Response<Body> {
    match read(&folder, &name).await {
        Ok(Some(mail)) => page(MAIL, context! { title => mail.subject.clone(), mail => Serde(mail) }),
        Ok(None) => not_found(id).await.into_response(),
        Err(error) => unreadable(&error),
    }
}

async fn part(id: Extension<RequestId>, folder: Extension<MailFolder>, Path(name): Path<String>) -> Response<Body> {
    match read(&folder, &name).await {
        // The frame itself must not navigate: links open in a new browser window.
        Ok(Some(mail)) => html(PART, mail.html.replacen("<head>", "<head><base target=\"_blank\">", 1)),
        Ok(None) => not_found(id).await.into_response(),
        Err(error) => unreadable(&error),
    }
}

async fn read(folder: &MailFolder, id: &str) -> io::Result<Option<FolderMail>> {
    match id.parse() {
        Ok(id) => folder.read(JobId(id)).await,
        Err(_) => Ok(None),
    }
}

fn page(name: &str, values: minijinja::Value) -> Response<Body> {
    page::page(StatusCode::OK, name, &PageBranding::of_platform(), context! { width => "wide", ..values })
}

fn unreadable(error: &dyn std::fmt::Display) -> Response<Body> {
    tracing::warn!(%error, "the demo's emails cannot be read");
    let mut response = Response::new(Body::from("the demo's emails cannot be read; the log has the reason"));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
