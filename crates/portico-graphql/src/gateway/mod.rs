//! Runs an operation: admission, execution, redaction.

mod answer;
mod answer_cache;
mod question;
mod refuse;

use std::sync::{Arc, Weak};

use async_graphql::{EmptySubscription, SDLExportOptions, SchemaBuilder, ValidationMode};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_actions::Actor;
use portico_actions::invitations::InvitationAccept;
use portico_audience::{
    Admitted, CacheBudget, Limits, OperationKind, RoleSchema, RoleSchemaError, RoleSchemas, WholeSchema,
};
use portico_core::access::{Audience, Role, Viewer};
use portico_core::clock::Clock;
use portico_core::limits::{self, ANSWER_BYTES};
use portico_loader::Loader;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;
use tracing::Instrument;

pub use answer::Answer;
pub use answer_cache::AnswerCache;
use answer_cache::AnswerKey;
pub use question::Question;

use crate::CursorKey;
use crate::access::Rights;
use crate::answer_size::{Measured, measured};
use crate::mutation::Mutation;
use crate::page::RequestCursors;
use crate::query::Query;
use crate::session_change::SessionChanges;

/// async-graphql's schema: the whole schema, without roles.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Number of sets of rights whose role schema is cached.
const RIGHTS: usize = 256;

/// Number of large operations admitted at once; others wait, within their deadline.
const APART: usize = 2;

/// The schema is inconsistent, so that the gateway cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the schema cannot be cut: {0}")]
pub struct GatewayError(#[from] RoleSchemaError);

/// Answers operations.
#[derive(Clone)]
pub struct Gateway {
    schema: Schema,
    documents: Arc<RoleSchemas>,
    /// The role schemas by rights. Weak, so that eviction from `documents` frees them.
    by_rights: Arc<Cache<Rights, Weak<RoleSchema>>>,
    cursors: CursorKey,
    answer_cache: AnswerCache,
    /// Permits for admission on separate threads.
    apart: Arc<Semaphore>,
}

/// Context of an execution.
///
/// The gateway builds it from the viewer alone. Tests build others, to disable one access layer at a time.
pub struct Context {
    /// The rights that guards check.
    pub rights: Rights,
    /// The loader of rows.
    pub loader: Loader,
    /// The actor of mutations.
    pub actor: Actor,
    /// The time of the request.
    pub clock: Arc<Clock>,
}

/// Admitted operation.
pub struct Ready {
    admitted: Admitted,
    rights: Rights,
    maximum_cost: u64,
    request_id: String,
}

impl Ready {
    /// The cost.
    pub fn cost(&self) -> u64 {
        self.admitted.cost
    }

    /// Whether it is a mutation.
    pub fn is_mutation(&self) -> bool {
        self.admitted.plan.operation_kind() == OperationKind::Mutation
    }

    /// The deprecated fields and arguments that it uses.
    pub fn deprecated(&self) -> &[String] {
        self.admitted.plan.deprecated()
    }

    /// Its name, if it has one.
    pub fn operation_name(&self) -> Option<&str> {
        self.admitted.plan.operation_name()
    }
}

impl Gateway {
    /// Builds the schema, and checks that each audience's role schema can be cut from it.
    ///
    /// # Errors
    ///
    /// [`GatewayError`] names coordinates without an access rule, or those that make a role schema inconsistent.
    pub fn new(cursors: CursorKey) -> Result<Self, GatewayError> {
        let whole = WholeSchema::parse(&Self::sdl())?;
        let documents = Arc::new(RoleSchemas::new(whole, CacheBudget::default()));
        // Explanations read the same role schemas that admission uses.
        let schema = build().data(Arc::clone(&documents)).finish();
        let by_rights = Arc::new(Cache::new(RIGHTS));
        let gateway = Self {
            schema,
            documents,
            by_rights,
            cursors,
            answer_cache: AnswerCache::new(0),
            apart: Arc::new(Semaphore::new(APART)),
        };
        for role in [None, Some(Role::Client), Some(Role::Trade), Some(Role::Staff), Some(Role::Support)] {
            gateway.document(Rights::new(role, Default::default()))?;
        }
        Ok(gateway)
    }

    /// The gateway with a cache of answers.
    #[must_use]
    pub fn with_answer_cache(self, answer_cache: AnswerCache) -> Self {
        Self { answer_cache, ..self }
    }

    /// Approximate bytes of cached answers.
    pub fn weight(&self) -> u64 {
        self.answer_cache.weight()
    }

    /// Approximate bytes of role schemas, plans and introspections.
    pub fn admission_weight(&self) -> CacheBudget {
        self.documents.weight()
    }

    /// The whole SDL, with access rules.
    pub fn sdl() -> String {
        sdl_of(&build().finish())
    }

    /// The role schema for these rights.
    ///
    /// # Errors
    ///
    /// [`GatewayError`] when the role schema is inconsistent.
    pub fn document(&self, rights: Rights) -> Result<Arc<RoleSchema>, GatewayError> {
        if let Some(document) = self.by_rights.get(&rights).and_then(|known| known.upgrade()) {
            return Ok(document);
        }
        let document = self.documents.get(&rights.grants())?;
        self.by_rights.insert(rights, Arc::downgrade(&document));
        Ok(document)
    }

    /// The whole schema, as `portico-audience` reads it.
    pub fn whole(&self) -> &WholeSchema {
        self.documents.whole()
    }

    /// The cost of parsing an operation, admitted or rejected.
    pub fn reading_cost(&self, viewer: &Viewer, question: &Question) -> u64 {
        limits_of(viewer.audience()).reading_cost(question.bytes())
    }

    /// Whether an operation is cached as valid, so that admission takes no time.
    pub fn knows(&self, viewer: &Viewer, question: &Question) -> bool {
        let document = self.document(Rights::of(viewer));
        document.is_ok_and(|document| document.knows(&question.request(), &limits_of(viewer.audience())))
    }

    /// Admits an operation.
    ///
    /// # Errors
    ///
    /// The rejection, as an answer.
    // An answer is created once per request, and moved as it is.
    #[expect(clippy::result_large_err, reason = "the refusal is the reply")]
    pub fn admit(&self, viewer: &Viewer, question: Question) -> Result<Ready, Answer> {
        let rights = Rights::of(viewer);
        let limits = limits_of(viewer.audience());
        let document =
            self.document(rights).map_err(|error| Answer::defect(&error.to_string(), &question.request_id))?;
        let admitted = document
            .admit(&question.request(), &limits)
            .map_err(|refusal| refuse::answer(&refusal, viewer, &question.request_id))?;
        refuse::check_view(viewer, &admitted.plan, &question.request_id)?;
        Ok(Ready { admitted, rights, maximum_cost: limits.cost, request_id: question.request_id })
    }

    /// Admits a large operation on a thread of its own: parsing and introspection never yield, and would delay other requests.
    ///
    /// # Errors
    ///
    /// As [`Gateway::admit`].
    #[expect(clippy::result_large_err, reason = "the refusal is the reply")]
    pub async fn admit_apart(&self, viewer: Arc<Viewer>, question: Question) -> Result<Ready, Answer> {
        let (gateway, request_id) = (self.clone(), question.request_id.clone());
        let defect = |error: &dyn std::fmt::Display| Answer::defect(&error.to_string(), &request_id);
        let permit = Arc::clone(&self.apart).acquire_owned().await.map_err(|error| defect(&error))?;
        let admitting = tokio::task::spawn_blocking(move || {
            // Held until admission ends, even if the caller disconnects.
            let _permit = permit;
            gateway.admit(&viewer, question)
        });
        admitting.await.unwrap_or_else(|error| Err(defect(&error)))
    }

    /// Runs an admitted operation for the loader's viewer, or returns a cached answer.
    pub async fn run(&self, loader: Loader, actor: Actor, clock: Clock, ready: Ready) -> Answer {
        if ready.is_mutation() {
            return self.change(loader, actor, clock, ready).await;
        }
        let key = if self.answer_cache.is_off() { None } else { AnswerKey::of(&loader.viewer(), &ready.admitted) };
        if let Some(cached) = key.and_then(|key| self.answer_cache.get(key, &clock))
            && loader.is_in(&cached.state).await
        {
            let mut answer = Answer::with_data(cached.data.clone(), &ready, loader.request_counts());
            answer.was_cached = true;
            return answer;
        }
        let clock = Arc::new(clock);
        let mut loader = loader;
        let request = || question::prepared(&ready.admitted);
        let mut response = self.execute_once(request(), &loader, &actor, &clock, ready.rights).await;
        if loader.is_torn() {
            // Data changed between sign-in and the first read. The new loader reads both at one moment.
            loader = loader.restarted();
            response = self.execute_once(request(), &loader, &actor, &clock, ready.rights).await;
        }
        accept_shown(&loader, &actor).await;
        let mut answer = Answer::of(response, &ready, loader.request_counts()).await;
        if let (Some(key), Some(data), Some(state)) = (key, answer.faultless(), loader.state()) {
            answer.is_cached = self.answer_cache.put(key, state, clock.validity(), data.clone());
        }
        answer
    }

    /// Runs a mutation in a task of its own, so that a disconnecting caller does not interrupt it. It reads no cached rows, since it
    /// cannot run again if they prove to be of another moment.
    async fn change(&self, loader: Loader, actor: Actor, clock: Clock, ready: Ready) -> Answer {
        let (gateway, request_id) = (self.clone(), ready.request_id.clone());
        // Dropped with this future when the caller disconnects: heavy work that has not started is then skipped.
        let (_attention, actor) = actor.attended();
        let running = async move {
            let loader = loader.without_caches();
            let changes = SessionChanges::default();
            let request = question::prepared(&ready.admitted).data(changes.clone());
            let response = gateway.execute_once(request, &loader, &actor, &Arc::new(clock), ready.rights).await;
            accept_shown(&loader, &actor).await;
            let mut answer = Answer::of(response, &ready, loader.request_counts()).await;
            answer.session_changes = changes.take();
            answer
        };
        let running = tokio::spawn(running.in_current_span());
        running.await.unwrap_or_else(|error| Answer::defect(&error.to_string(), &request_id))
    }

    async fn execute_once(
        &self,
        request: async_graphql::Request,
        loader: &Loader,
        actor: &Actor,
        clock: &Arc<Clock>,
        rights: Rights,
    ) -> Measured<async_graphql::Response> {
        let context = Context { rights, loader: loader.clone(), actor: actor.clone(), clock: Arc::clone(clock) };
        self.execute_measured(request, context).await
    }

    /// Admits and runs one operation for the loader's viewer.
    pub async fn answer(&self, loader: Loader, actor: Actor, question: Question) -> Answer {
        match self.admit(&loader.viewer(), question) {
            Ok(ready) => self.run(loader, actor, Clock::of_server(), ready).await,
            Err(refusal) => refusal,
        }
    }

    /// Executes an admitted operation.
    pub async fn execute(&self, request: async_graphql::Request, context: Context) -> async_graphql::Response {
        self.execute_measured(request, context).await.output.unwrap_or_else(|| answer::too_large(&[]))
    }

    /// Boxed and never inlined, so that resolvers are compiled in this crate only. With optimization, rustc compiles an
    /// `async` body again wherever it is polled, and this body contains the bodies of all resolvers.
    #[inline(never)]
    fn execute_measured(
        &self,
        request: async_graphql::Request,
        context: Context,
    ) -> BoxFuture<'_, Measured<async_graphql::Response>> {
        let Context { rights, loader, actor, clock } = context;
        let cursors = RequestCursors::new(self.cursors.clone());
        let request = request.data(rights).data(cursors).data(loader.clone()).data(actor).data(clock);
        async move { loader.drive(measured(ANSWER_BYTES, self.schema.execute(request).boxed())).await }.boxed()
    }
}

/// Accepts the invitations into projects that the request has shown: a client with an open session needs no link (INV-27). If it
/// fails, the next request that shows one of them retries.
async fn accept_shown(loader: &Loader, actor: &Actor) {
    let projects = loader.shown_invitations();
    if projects.is_empty() {
        return;
    }
    if let Err(error) = actor.perform(&InvitationAccept { projects }).await {
        tracing::warn!(%error, "an invitation was not accepted");
    }
}

fn limits_of(audience: Audience) -> Limits {
    Limits {
        bytes: limits::OPERATION_BYTES,
        nesting: limits::NESTING,
        selections: limits::SELECTIONS,
        depth: limits::DEPTH,
        aliases: limits::ALIASES,
        root_fields: limits::ROOT_FIELDS,
        mutation_fields: limits::ROOT_MUTATIONS,
        page: limits::DEFAULT_PAGE.into(),
        cost: match audience {
            Audience::Staff => limits::STAFF_COST,
            Audience::Public | Audience::Client | Audience::Trade | Audience::Support => limits::OUTSIDER_COST,
        },
        ..Limits::default()
    }
}

fn build() -> SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query, Mutation::default(), EmptySubscription)
        // Admission has validated the operation against the role schema, which this schema does not know.
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(limits::NESTING)
        .disable_introspection()
        .disable_suggestions()
}

fn sdl_of(schema: &Schema) -> String {
    schema.sdl_with_options(SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident())
}
