//! A gateway over a test's own database.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, header};
use chrono::TimeDelta;
use http_body_util::BodyExt;
use portico::auth::DemoTokens;
use portico::caches::CacheSizes;
use portico::config::Config;
use portico::inbound_mail::InboundMail;
use portico::metrics::Metrics;
use portico::throttle::{RateLimiter, Throttle};
use portico::usage::Usage;
use portico::{App, Files, Origins, Playground, Proxies, Statements, demo_router, private_router, router};
use portico_actions::{Actor, HeavyPool, Origin};
use portico_adapters::files::FileStore;
use portico_adapters::mail::MailFolder;
use portico_adapters::redis::RedisConnection;
use portico_core::access::{Permission, Role, Viewer};
use portico_core::clock::Clock;
use portico_core::files::limits::FileLimits;
use portico_core::files::link::{FileLinkKey, FileLinks};
use portico_core::id::{GlobalId, Tag, new_uuid};
use portico_core::jobs::Wake;
use portico_core::links::{LinkKey, LinkSite};
use portico_core::sessions::TokenHash;
use portico_fixtures::world::World;
use portico_fixtures::{Rows, add, demo_decision_keys};
use portico_graphql::{Answer, AnswerCache, CursorKey, Gateway, Question};
use portico_loader::Loader;
use portico_store::generations::reset_caches;
use portico_store::{Login, PoolSizes, Store, Writer};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;
use uuid::Uuid;

use crate::{Person, Reply, TestDatabase};

/// Small, since many tests run at once.
pub(crate) const POOLS: PoolSizes = PoolSizes { reader: 3, auth: 2, writer: 1 };

/// Secret of cursors and links in tests.
const SECRET: &[u8] = b"of tests";
/// Cache sizes for tests.
const SMALL: CacheSizes = CacheSizes { rows: 8, answers: 4 };

static GATEWAY: LazyLock<Gateway> =
    LazyLock::new(|| Gateway::new(CursorKey::from_secret(SECRET)).expect("the schema is valid"));
static WORLD: LazyLock<World> = LazyLock::new(|| World::demo().expect("the demo is consistent"));
static PLAYGROUND: LazyLock<Playground> = LazyLock::new(|| Playground::for_demo(&WORLD));

/// A gateway over a test's own database.
pub struct TestApp {
    database: TestDatabase,
    gateway: Gateway,
    store: Store,
    router: Router,
    pub(crate) app: App,
    /// Stores in which every audience reads through one login: see `access_layers`.
    pub(crate) behind_layers: Mutex<Vec<(Login, Store)>>,
}

impl TestApp {
    /// Creates one with the demo's data.
    pub async fn demo() -> Self {
        Self::over(TestDatabase::demo().await)
    }

    /// Creates one with several connections for changes: with one, concurrent changes run one after another.
    pub async fn concurrent() -> Self {
        let pools = PoolSizes { writer: 6, ..POOLS };
        Self::over_with(TestDatabase::demo().await, DemoTokens::Known, pools)
    }

    /// Creates one over an existing database.
    pub fn over(database: TestDatabase) -> Self {
        Self::over_with(database, DemoTokens::Known, POOLS)
    }

    /// Creates one with these demo tokens and pool sizes.
    pub fn over_with(database: TestDatabase, demo_tokens: DemoTokens, pools: PoolSizes) -> Self {
        let gateway = GATEWAY.clone().with_answer_cache(SMALL.answers());
        let store = Store::new(database.database(), pools);
        let playground = Some(match demo_tokens {
            DemoTokens::Known => PLAYGROUND.clone(),
            DemoTokens::Refused => Playground::new(),
        });
        let files = FileStore::memory(WORLD.objects().iter().copied());
        let file_links = FileLinks { key: FileLinkKey::from_secret(SECRET), base: None };
        let app = App {
            gateway: gateway.clone(),
            store: store.clone(),
            tiers: SMALL.tiers(None, SECRET),
            clock: Arc::new(Clock::of_server),
            demo_tokens,
            origins: Origins::default(),
            proxies: Proxies::default(),
            throttle: Throttle::Off,
            usage: Usage::default(),
            metrics: Metrics::default(),
            playground,
            example_portal: false,
            links: LinkKey::from_secret(SECRET),
            decision_keys: demo_decision_keys(),
            site: LinkSite::PortalHosts,
            hosts: Arc::new(Config::demo().expect("the demo's configuration can be read").hosts),
            files: Files::new(Some(files), file_links, FileLimits::default()),
            inbound_mail: Some(InboundMail::for_demo().expect("the demo receives mail")),
            attempts: RateLimiter::default(),
            heavy: HeavyPool::default(),
            wake: Wake::default(),
        };
        Self { database, gateway, store, router: router(app.clone()), app, behind_layers: Mutex::default() }
    }

    /// Another gateway over the same database, with changed wiring.
    #[must_use]
    pub fn rewired(&self, adjust: impl FnOnce(&mut App)) -> Self {
        let mut app = self.app.clone();
        adjust(&mut app);
        Self {
            database: self.database.clone(),
            gateway: app.gateway.clone(),
            store: app.store.clone(),
            router: router(app.clone()),
            app,
            behind_layers: Mutex::default(),
        }
    }

    /// The gateway of `portico demo`, with the mail in this folder.
    #[must_use]
    pub fn as_demo(&self, mail: MailFolder) -> Self {
        let same = self.rewired(|_| ());
        let router = demo_router(same.app.clone(), mail);
        Self { router, ..same }
    }

    /// The gateway with empty caches.
    #[must_use]
    pub fn cold(&self) -> Self {
        self.rewired(|app| {
            app.tiers = SMALL.tiers(None, SECRET);
            app.gateway = app.gateway.clone().with_answer_cache(SMALL.answers());
        })
    }

    /// The gateway with a row cache in Redis only. It has a new epoch: other tests use the same server, and
    /// copies of one template are otherwise equal.
    pub async fn over_redis(&self) -> Self {
        reset_caches(self.database.database()).await.expect("the test's database answers");
        let url = env::var("PORTICO_TEST_REDIS").expect("PORTICO_TEST_REDIS is not set: run the tests by `just test`");
        let link = RedisConnection::new(&url).expect("the address can be read");
        self.rewired(|app| {
            app.tiers = CacheSizes { rows: 0, answers: 0 }.tiers(Some(link), SECRET);
            app.gateway = app.gateway.clone().with_answer_cache(AnswerCache::new(0));
        })
    }

    /// The gateway with its current row cache and without an answer cache.
    #[must_use]
    pub fn without_answers(&self) -> Self {
        self.rewired(|app| app.gateway = app.gateway.clone().with_answer_cache(AnswerCache::new(0)))
    }

    /// Returns its database.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Returns its gateway, below HTTP.
    pub fn gateway(&self) -> &Gateway {
        &self.gateway
    }

    /// Returns its store.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns its files, with their store and the keys of their links.
    pub fn files(&self) -> &Files {
        &self.app.files
    }

    /// Write access for the operator's commands.
    pub fn operator(&self) -> Writer {
        Store::operator(self.database.database())
    }

    /// Sends a query as a person.
    pub async fn ask(&self, person: &Person, query: &str) -> Reply {
        self.ask_with(person, query, json!({})).await
    }

    /// Sends a query with variables as a person.
    pub async fn ask_with(&self, person: &Person, query: &str, variables: Value) -> Reply {
        let body = json!({ "query": query, "variables": variables });
        self.send(self.post(person).body(Body::from(body.to_string())).expect("a request can be made")).await
    }

    /// Executes a query below HTTP. Returns the answer with its request counts.
    pub async fn answer(&self, person: &Person, query: &str, variables: Value) -> Answer {
        let viewer = Arc::new(self.viewer(person).await);
        let question = Question {
            query: query.to_owned(),
            variables: variables.as_object().cloned().unwrap_or_default(),
            request_id: "test".to_owned(),
            ..Question::default()
        };
        let loader = Loader::new(self.store.read_as(&viewer), self.app.tiers.clone());
        self.gateway.answer(loader, self.actor(viewer), question).await
    }

    /// Creates the actor for a viewer, at the current time.
    pub fn actor(&self, viewer: Arc<Viewer>) -> Actor {
        self.app.actor(viewer, Origin::default(), (self.app.clock)().moment())
    }

    /// Builds a request to `/graphql` as a person, without a body.
    pub fn post(&self, person: &Person) -> axum::http::request::Builder {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        match person.token() {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// Sends a request, and returns the raw reply.
    pub async fn send_raw(&self, request: Request<Body>) -> (HeaderMap, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        (parts.headers, body.collect().await.expect("the body ends").to_bytes().to_vec())
    }

    /// Sends a request.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.expect("the router answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body ends").to_bytes();
        let text = String::from_utf8(bytes.to_vec()).expect("replies are UTF-8");
        let json = serde_json::from_str(&text).unwrap_or_default();
        let statements = parts.extensions.get::<Statements>().map_or(0, |statements| statements.0);
        Reply { status: parts.status, headers: parts.headers, text, json, statements }
    }

    /// Reads `/metrics`.
    pub async fn metrics(&self) -> String {
        let request = Request::get("/metrics").body(Body::empty()).expect("a request can be made");
        let response = private_router(self.app.clone()).oneshot(request).await.expect("the router answers");
        let bytes = response.into_body().collect().await.expect("the body ends").to_bytes();
        String::from_utf8(bytes.to_vec()).expect("metrics are UTF-8")
    }

    /// Serves on a free local port until the test ends. For clients that need a socket.
    pub async fn serve(&self) -> SocketAddr {
        self.serve_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("there is a free port"))
    }

    /// Serves it at an address that its site names.
    pub fn serve_on(&self, listener: TcpListener) -> SocketAddr {
        let address = listener.local_addr().expect("the port is known");
        let (router, database) = (self.router.clone(), self.database.clone());
        tokio::spawn(async move {
            let _kept = database;
            portico::serve(listener, router, std::future::pending()).await
        });
        address
    }

    /// Returns the viewer of a person, as sign-in finds it.
    pub async fn viewer(&self, person: &Person) -> Viewer {
        match person.hash() {
            Some(hash) => self.store.sign_in(&hash).await.expect("sign-in answers").expect("the token is known"),
            None => Viewer::public(),
        }
    }

    /// The global id of a demo record, by its fixture path.
    pub fn id(&self, tag: Tag, path: &str) -> String {
        GlobalId::new(tag, World::id(path)).to_string()
    }

    /// Adds a member of staff with exactly these permissions, in the demo's first company.
    pub async fn db_staff(&self, permissions: &[Permission]) -> Person {
        let (identity_id, staff_membership_id, created_at) = (new_uuid(), new_uuid(), Clock::of_server().moment());
        let token = format!("demo-session-{identity_id}");
        let email = format!("{identity_id}@example.com");
        let mut rows = Rows::default();
        add!(rows => Identity {
            id: identity_id, email: &email, email_canonical: &email, name: "Robin Staff", locale: "en", time_zone: "UTC",
            created_at,
        });
        add!(rows => StaffMembership {
            id: staff_membership_id, company_id: World::id("alderbrook"), identity_id, role: Role::Staff, title: "Assistant",
            permissions: &permissions.to_vec(), created_at,
        });
        add!(rows => Session {
            id: new_uuid(), token_hash: TokenHash::of(&token).as_str().to_owned(), identity_id, actor: Role::Staff,
            staff_membership_id: Some(staff_membership_id), created_at, last_seen_at: created_at,
            expires_at: created_at + TimeDelta::days(3_650),
        });
        rows.insert(self.database.database()).await.expect("staff can be added");
        Person::with_token(token)
    }

    /// The global id of a row.
    pub fn global(tag: Tag, id: Uuid) -> String {
        GlobalId::new(tag, id).to_string()
    }
}
