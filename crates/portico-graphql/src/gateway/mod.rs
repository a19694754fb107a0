//! The way of an operation: admission, execution, redaction.

mod answer;
mod kept;
mod question;
mod refuse;

use std::sync::{Arc, Weak};

use async_graphql::{EmptySubscription, SDLExportOptions, SchemaBuilder, ValidationMode};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_actions::Actor;
use portico_actions::people::InvitationAccept;
use portico_audience::{Admitted, CutError, Document, Documents, KeptBytes, Limits, OperationKind, WholeSchema};
use portico_core::clock::Clock;
use portico_core::limits;
use portico_core::people::{Audience, Role, Viewer};
use portico_loader::Loader;
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;
use tracing::Instrument;

pub use answer::Answer;
use kept::AnswerKey;
pub use kept::KeptAnswers;
pub use question::Question;

use crate::CursorKey;
use crate::access::Rights;
use crate::mutation::Mutation;
use crate::page::RequestCursors;
use crate::query::Query;

/// async-graphql's schema: whole, and knowing nothing of documents.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// For how many sets of rights the way to their document is remembered.
const RIGHTS: usize = 256;

/// How many large operations are admitted at once; others wait, within their deadline.
const APART: usize = 2;

/// Why the gateway cannot start: a schema that does not hold together.
#[derive(Debug, thiserror::Error)]
#[error("the schema cannot be cut: {0}")]
pub struct GatewayError(#[from] CutError);

/// Answers operations.
#[derive(Clone)]
pub struct Gateway {
    schema: Schema,
    documents: Arc<Documents>,
    /// The same, by whose they are. What the documents' own bound lets go, this does not hold.
    by_rights: Arc<Cache<Rights, Weak<Document>>>,
    cursors: CursorKey,
    kept: KeptAnswers,
    /// Who may be admitted apart at the same time.
    apart: Arc<Semaphore>,
}

/// What an operation is executed with.
///
/// The gateway makes one of the viewer alone. The suite makes others, to take one wall down and see the rest hold.
pub struct Context {
    /// What guards go by.
    pub rights: Rights,
    /// What rows are read with.
    pub loader: Loader,
    /// Who acts, if the operation changes something.
    pub actor: Actor,
    /// What time it is.
    pub clock: Arc<Clock>,
}

/// An operation that may run.
pub struct Ready {
    admitted: Admitted,
    rights: Rights,
    maximum_cost: u64,
    request_id: String,
}

impl Ready {
    /// What it costs.
    pub fn cost(&self) -> u64 {
        self.admitted.cost
    }

    /// Whether it changes something.
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
    /// Puts the schema together, and checks that each audience's document can be cut from it.
    ///
    /// # Errors
    ///
    /// [`GatewayError`] names the coordinates that do not say who may use them, or that would leave a document in pieces.
    pub fn new(cursors: CursorKey) -> Result<Self, GatewayError> {
        let whole = WholeSchema::parse(&Self::sdl())?;
        let documents = Arc::new(Documents::new(whole, KeptBytes::default()));
        // Explanations read the very documents that outsiders are admitted against.
        let schema = build().data(Arc::clone(&documents)).finish();
        let by_rights = Arc::new(Cache::new(RIGHTS));
        let gateway = Self {
            schema,
            documents,
            by_rights,
            cursors,
            kept: KeptAnswers::new(0),
            apart: Arc::new(Semaphore::new(APART)),
        };
        for role in [None, Some(Role::Client), Some(Role::Trade), Some(Role::Staff), Some(Role::Support)] {
            gateway.document(Rights::new(role, Default::default()))?;
        }
        Ok(gateway)
    }

    /// The same, keeping answers.
    #[must_use]
    pub fn keeping(self, kept: KeptAnswers) -> Self {
        Self { kept, ..self }
    }

    /// How many bytes its answers take, about.
    pub fn weight(&self) -> u64 {
        self.kept.weight()
    }

    /// How many bytes documents, plans and introspections take, about.
    pub fn admission_weight(&self) -> KeptBytes {
        self.documents.weight()
    }

    /// The whole SDL, with who may use what.
    pub fn sdl() -> String {
        sdl_of(&build().finish())
    }

    /// The document that somebody with these rights is admitted against.
    ///
    /// # Errors
    ///
    /// [`GatewayError`] when the rights' document does not hold together.
    pub fn document(&self, rights: Rights) -> Result<Arc<Document>, GatewayError> {
        if let Some(document) = self.by_rights.get(&rights).and_then(|known| known.upgrade()) {
            return Ok(document);
        }
        let document = self.documents.get(&rights.reach())?;
        self.by_rights.insert(rights, Arc::downgrade(&document));
        Ok(document)
    }

    /// The whole schema, as `portico-audience` reads it.
    pub fn whole(&self) -> &WholeSchema {
        self.documents.whole()
    }

    /// What reading an operation costs, known or not, admitted or refused.
    pub fn reading_cost(&self, viewer: &Viewer, question: &Question) -> u64 {
        limits_of(viewer.audience()).reading_cost(question.bytes())
    }

    /// Whether an operation is known to be valid, so that admitting it takes no time.
    pub fn knows(&self, viewer: &Viewer, question: &Question) -> bool {
        let document = self.document(Rights::of(viewer));
        document.is_ok_and(|document| document.knows(&question.request(), &limits_of(viewer.audience())))
    }

    /// Admits an operation, or answers why not.
    ///
    /// # Errors
    ///
    /// The refusal, as an answer that is ready to be sent.
    // An answer is made once a request, and moved as it is.
    #[expect(clippy::result_large_err, reason = "the refusal is what is sent")]
    pub fn admit(&self, viewer: &Viewer, question: Question) -> Result<Ready, Answer> {
        let rights = Rights::of(viewer);
        let limits = limits_of(viewer.audience());
        let document =
            self.document(rights).map_err(|error| Answer::defect(&error.to_string(), &question.request_id))?;
        let admitted = document
            .admit(&question.request(), &limits)
            .map_err(|refusal| refuse::answer(&refusal, viewer, &question.request_id))?;
        Ok(Ready { admitted, rights, maximum_cost: limits.cost, request_id: question.request_id })
    }

    /// The same for a large operation, on a thread of its own: parsing and introspection do not wait for anything, and
    /// would keep everybody else waiting.
    ///
    /// # Errors
    ///
    /// As [`Gateway::admit`].
    #[expect(clippy::result_large_err, reason = "the refusal is what is sent")]
    pub async fn admit_apart(&self, viewer: Arc<Viewer>, question: Question) -> Result<Ready, Answer> {
        let (gateway, request_id) = (self.clone(), question.request_id.clone());
        let defect = |error: &dyn std::fmt::Display| Answer::defect(&error.to_string(), &request_id);
        let permit = Arc::clone(&self.apart).acquire_owned().await.map_err(|error| defect(&error))?;
        let admitting = tokio::task::spawn_blocking(move || {
            // Held until it is done, even if its caller has left meanwhile.
            let _permit = permit;
            gateway.admit(&viewer, question)
        });
        admitting.await.unwrap_or_else(|error| Err(defect(&error)))
    }

    /// Runs an operation that has been admitted, for the loader's viewer; or answers what was kept of an earlier run.
    pub async fn run(&self, loader: Loader, actor: Actor, clock: Clock, ready: Ready) -> Answer {
        if ready.is_mutation() {
            return self.change(loader, actor, clock, ready).await;
        }
        let key = if self.kept.is_off() { None } else { AnswerKey::of(loader.viewer(), &ready.admitted) };
        if let Some(kept) = key.and_then(|key| self.kept.get(key, &clock))
            && loader.is_in(&kept.state).await
        {
            let mut answer = Answer::with_data(kept.data.clone(), &ready, loader.tally());
            answer.was_kept = true;
            return answer;
        }
        let clock = Arc::new(clock);
        let mut loader = loader;
        let mut response = self.execute_once(&loader, &actor, &clock, &ready).await;
        if loader.is_torn() {
            // Something moved between sign-in and the first row that was read. Now both are of one moment.
            loader = loader.again();
            response = self.execute_once(&loader, &actor, &clock, &ready).await;
        }
        accept_shown(&loader, &actor).await;
        let mut answer = Answer::of(response, &ready, loader.tally());
        if let (Some(key), Some(data), Some(state)) = (key, answer.faultless(), loader.state()) {
            answer.is_kept = self.kept.put(key, state, clock.validity(), data.clone());
        }
        answer
    }

    /// Runs a mutation in a task of its own: a caller who hangs up leaves nothing half done, and nothing unanswered that was
    /// done. It reads nothing that is kept, since it cannot be run again should that prove to be of another moment.
    async fn change(&self, loader: Loader, actor: Actor, clock: Clock, ready: Ready) -> Answer {
        let (gateway, request_id) = (self.clone(), ready.request_id.clone());
        // Dropped with this future, when the caller hangs up: what has begun is done to its end, and heavy work that has not is left.
        let (_attention, actor) = actor.attended();
        let running = async move {
            let loader = loader.apart();
            let response = gateway.execute_once(&loader, &actor, &Arc::new(clock), &ready).await;
            accept_shown(&loader, &actor).await;
            Answer::of(response, &ready, loader.tally())
        };
        let running = tokio::spawn(running.in_current_span());
        running.await.unwrap_or_else(|error| Answer::defect(&error.to_string(), &request_id))
    }

    async fn execute_once(
        &self,
        loader: &Loader,
        actor: &Actor,
        clock: &Arc<Clock>,
        ready: &Ready,
    ) -> async_graphql::Response {
        let (rights, clock) = (ready.rights, Arc::clone(clock));
        let context = Context { rights, loader: loader.clone(), actor: actor.clone(), clock };
        self.execute(question::prepared(&ready.admitted), context).await
    }

    /// Admits and runs one operation for the loader's viewer.
    pub async fn answer(&self, loader: Loader, actor: Actor, question: Question) -> Answer {
        match self.admit(loader.viewer(), question) {
            Ok(ready) => self.run(loader, actor, Clock::of_server(), ready).await,
            Err(refusal) => refusal,
        }
    }

    /// Executes an admitted operation.
    ///
    /// Boxed and never inlined, so that resolvers are compiled in this crate alone. With optimization on, rustc
    /// compiles an `async` body again wherever it is polled, and the bodies of all resolvers hang on this one.
    #[inline(never)]
    pub fn execute(&self, request: async_graphql::Request, context: Context) -> BoxFuture<'_, async_graphql::Response> {
        let Context { rights, loader, actor, clock } = context;
        let cursors = RequestCursors::new(self.cursors.clone());
        let request = request.data(rights).data(cursors).data(loader.clone()).data(actor).data(clock);
        async move { loader.drive(self.schema.execute(request)).await }.boxed()
    }
}

/// Accepts the invitations into projects that the request has shown: a client with an open session needs no link (INV-27). If it
/// fails, the next request that shows one of them tries again.
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
        // Admission has validated the operation, against a document that this schema knows nothing of.
        .validation_mode(ValidationMode::Fast)
        .limit_recursive_depth(limits::NESTING)
        .disable_introspection()
        .disable_suggestions()
}

fn sdl_of(schema: &Schema) -> String {
    schema.sdl_with_options(SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident())
}
