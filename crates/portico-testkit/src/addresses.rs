//! Addresses of the gateway.

/// Address, as the router knows it.
#[derive(Debug, Clone, Copy)]
pub struct Address {
    /// The pattern, with parameters in braces.
    pub pattern: &'static str,
    /// An example, with a query string if GET needs one.
    pub example: &'static str,
    /// The accepted methods, in the order of `Allow`.
    pub methods: &'static str,
    /// Whether browsers may show it as a page.
    pub is_page: bool,
}

const fn data(pattern: &'static str, example: &'static str, methods: &'static str) -> Address {
    Address { pattern, example, methods, is_page: false }
}

const fn page(pattern: &'static str, example: &'static str, methods: &'static str) -> Address {
    Address { pattern, example, methods, is_page: true }
}

/// All addresses of a demo. Tests of methods and pages iterate over this list, and one compares it with the routes in
/// the source.
pub const ADDRESSES: [Address; 37] = [
    data("/graphql", "/graphql?query=%7Bviewer%7Brole%7D%7D", "GET,HEAD,POST"),
    data("/health/live", "/health/live", "GET,HEAD"),
    data("/health/ready", "/health/ready", "GET,HEAD"),
    data("/metrics", "/metrics", "GET,HEAD"),
    data("/.well-known/jwks.json", "/.well-known/jwks.json", "GET,HEAD"),
    data("/calendar/{file}", "/calendar/nothing.ics", "GET,HEAD"),
    page("/", "/", "GET,HEAD"),
    data("/playground/config.json", "/playground/config.json", "GET,HEAD"),
    data("/playground/examples.json", "/playground/examples.json", "GET,HEAD"),
    data("/playground/{file}", "/playground/licenses.txt", "GET,HEAD"),
    page("/portal", "/portal", "GET,HEAD"),
    page("/portal/", "/portal/", "GET,HEAD"),
    page("/portal/{*section}", "/portal/nothing/schedule", "GET,HEAD"),
    data("/portal/config.json", "/portal/config.json", "GET,HEAD"),
    data("/portal/assets/{file}", "/portal/assets/licenses.txt", "GET,HEAD"),
    data("/pages/style.css", "/pages/style.css", "GET,HEAD"),
    data("/pages/brand/{file}", "/pages/brand/2f5d50.css", "GET,HEAD"),
    page("/auth/session", "/auth/session", "GET,HEAD"),
    page("/auth/sign-out", "/auth/sign-out", "POST"),
    page("/auth/signed-out", "/auth/signed-out", "GET,HEAD"),
    page("/auth/sign-in", "/auth/sign-in", "GET,HEAD,POST"),
    page("/auth/sign-in/sent", "/auth/sign-in/sent", "GET,HEAD"),
    page("/auth/sign-in/code", "/auth/sign-in/code", "POST"),
    page("/auth/link/{token}", "/auth/link/nothing", "GET,HEAD,POST"),
    page("/auth/link/{token}/choose", "/auth/link/nothing/choose", "GET,HEAD"),
    page("/auth/link/{token}/fresh", "/auth/link/nothing/fresh", "POST"),
    page("/auth/link/{token}/sent", "/auth/link/nothing/sent", "GET,HEAD"),
    page("/auth/link/{token}/confirmed", "/auth/link/nothing/confirmed", "GET,HEAD"),
    page("/leads/{key}", "/leads/demo-form-alderbrook", "GET,HEAD,POST,OPTIONS"),
    page("/leads/{key}/sent", "/leads/demo-form-alderbrook/sent", "GET,HEAD"),
    data("/files/{link}", "/files/nothing", "GET,HEAD"),
    data("/files/{link}/{*name}", "/files/nothing/Plan.pdf", "GET,HEAD"),
    data("/inbound-mail", "/inbound-mail", "POST"),
    data("/uploads/{link}", "/uploads/nothing", "HEAD,PATCH,PUT,DELETE"),
    page("/dev/mail", "/dev/mail", "GET,HEAD"),
    page("/dev/mail/{id}", "/dev/mail/nothing", "GET,HEAD"),
    page("/dev/mail/{id}/html", "/dev/mail/nothing/html", "GET,HEAD"),
];
