//! Baselines: the same answers at the least possible cost.

mod statement;

use std::collections::HashMap;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use portico_core::people::TokenHash;
use tokio::net::{TcpListener, TcpStream};

use crate::failure::{Doing, Failure};
use statement::{Answers, SignIn};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Where answers come from
    #[arg(long, value_enum)]
    kind: FloorKind,
    /// The seeded database
    #[arg(long)]
    database_url: String,
    /// How many connections to it
    #[arg(long)]
    pool: usize,
    /// The folder with a finished answer to each operation
    #[arg(long)]
    answers: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FloorKind {
    /// One statement, in which PostgreSQL makes the JSON
    Statement,
    /// Finished bytes, after the statement that signs the caller in
    Session,
    /// Finished bytes
    Bytes,
}

enum Floor {
    Statement(Answers),
    Session(SignIn, Finished),
    Bytes(Finished),
}

/// Answers by the operation's name.
type Finished = HashMap<String, Bytes>;

/// Serves until it is killed.
pub(crate) async fn serve(options: Options) -> Result<(), Failure> {
    let (url, size) = (&options.database_url, options.pool);
    let floor = Arc::new(match options.kind {
        FloorKind::Statement => Floor::Statement(Answers::connect(url, size).await?),
        FloorKind::Session => Floor::Session(SignIn::connect(url, size).await?, finished(&options.answers)?),
        FloorKind::Bytes => Floor::Bytes(finished(&options.answers)?),
    });
    let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await.doing("listen")?;
    let address = listener.local_addr().doing("listen")?;
    writeln!(std::io::stdout(), "http://{address}").doing("say where")?;
    loop {
        let (stream, _) = listener.accept().await.doing("accept")?;
        tokio::spawn(converse(Arc::clone(&floor), stream));
    }
}

async fn converse(floor: Arc<Floor>, stream: TcpStream) {
    // Without it nothing would be slower but by chance.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let floor = Arc::clone(&floor);
        async move { floor.reply(request).await }
    });
    // Callers hang up when they are done.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

fn finished(folder: &Path) -> Result<Finished, Failure> {
    let mut answers = Finished::new();
    for operation in crate::operations::OPERATIONS {
        let bytes = std::fs::read(folder.join(operation.name)).doing("read a finished answer")?;
        answers.insert(operation.name.to_owned(), bytes.into());
    }
    Ok(answers)
}

impl Floor {
    async fn reply(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
        let (parts, body) = request.into_parts();
        // Whoever answers operations has to have read them.
        body.collect().await?;
        let token = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        let answer = self.answer(parts.uri.path(), token).await;
        let mut response = Response::new(Full::new(answer.clone().unwrap_or_default()));
        if answer.is_none() {
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
        let json = hyper::header::HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
        Ok(response)
    }

    /// None where anything is amiss; a baseline does not say what.
    async fn answer(&self, path: &str, token: &str) -> Option<Bytes> {
        let (operation, project) = path.strip_prefix('/')?.split_once('/')?;
        match self {
            Self::Statement(answers) => answers.read(operation, project, &TokenHash::of(token)).await,
            Self::Session(sign_in, finished) => {
                sign_in.knows(&TokenHash::of(token)).await.then_some(())?;
                finished.get(operation).cloned()
            }
            Self::Bytes(finished) => finished.get(operation).cloned(),
        }
    }
}
