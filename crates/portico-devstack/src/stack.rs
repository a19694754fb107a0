//! The servers of a stack.

use std::path::{Path, PathBuf};

use crate::discover::{self, PostgresBinaries, RedisBinary, SearchPath};
use crate::error::DevstackError;
use crate::postgres::{self, Durability, PostgresAddress};
use crate::process::Server;
use crate::redis;
use crate::state::{BaseFolder, SocketFolder, StateFolder, default_state_folder};
use crate::sweep;
use crate::user::ServiceUser;

/// Maximum number of stacks of one name at the same time.
const NAMESAKES: u32 = 9;

/// Location of a stack's state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StateLocation {
    /// This folder, created if necessary and kept.
    Folder(PathBuf),
    /// The [`default_state_folder`] of this name, which is kept; `NAME-2` to `NAME-9` while others are in use.
    Named(String),
    /// A new folder that is deleted at the end.
    Temporary,
}

/// Whether a stack has a Redis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedisMode {
    /// No Redis.
    Never,
    /// Only if the binary is installed.
    IfInstalled,
    /// Required; otherwise the start fails.
    Require,
}

/// Options of a stack.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// The location of the state.
    pub place: StateLocation,
    /// Whether to delete the state of an earlier run first.
    pub fresh: bool,
    /// Whether to start Redis.
    pub redis: RedisMode,
    /// The durability of commits.
    pub durability: Durability,
    /// Where to search for the binaries.
    pub search: SearchPath,
}

impl StackOptions {
    /// Options of `portico demo`: state kept between runs, and Redis if installed.
    #[must_use]
    pub fn demo() -> Self {
        Self {
            place: StateLocation::Named("demo".to_owned()),
            fresh: false,
            redis: RedisMode::IfInstalled,
            durability: Durability::Safe,
            search: SearchPath::of_this_machine(),
        }
    }

    /// Options of tests: fast, with Redis, and deleted afterwards.
    #[must_use]
    pub fn tests() -> Self {
        Self {
            place: StateLocation::Temporary,
            fresh: true,
            redis: RedisMode::Require,
            durability: Durability::Fast,
            search: SearchPath::of_this_machine(),
        }
    }
}

/// A running PostgreSQL and, optionally, Redis. Both stop on drop.
///
/// They outlive this process only if it is killed (`SIGKILL`); then the next start in the same folder stops them.
// Fields are dropped in this order: servers first, the lock last.
#[derive(Debug)]
pub struct Stack {
    redis: Option<Server>,
    _postgres: Server,
    address: PostgresAddress,
    sockets: SocketFolder,
    state: StateFolder,
}

impl Stack {
    /// Finds the binaries, prepares the folder, starts the servers and waits until they answer.
    ///
    /// Blocks for some seconds the first time, when PostgreSQL's data folder is created.
    ///
    /// # Errors
    ///
    /// [`DevstackError`]; everything that was started is stopped again.
    pub fn start(options: &StackOptions) -> Result<Self, DevstackError> {
        // Before any change: a missing binary is the most common error.
        let postgres = discover::find_each_postgres(&options.search)?;
        let redis = match options.redis {
            RedisMode::Never => None,
            RedisMode::IfInstalled => discover::find_redis(&options.search).ok(),
            RedisMode::Require => Some(discover::find_redis(&options.search)?),
        };
        let user = ServiceUser::choose()?;
        let state = options.place.acquire()?;
        user.must_reach(state.path())?;
        sweep::leftovers(&state)?;
        if options.fresh {
            state.wipe()?;
        }
        let postgres = choose(postgres, &state)?;
        Self::start_in(state, &user, &postgres, redis.as_ref(), options.durability)
    }

    fn start_in(
        state: StateFolder,
        user: &ServiceUser,
        postgres: &PostgresBinaries,
        redis: Option<&RedisBinary>,
        durability: Durability,
    ) -> Result<Self, DevstackError> {
        let sockets = SocketFolder::create(&state, user)?;
        let postgres = postgres::start(postgres, &state, sockets.path(), user, durability)?;
        let redis = redis.map(|binary| redis::start(binary, &state, sockets.path(), user)).transpose()?;
        let address = PostgresAddress::in_folder(sockets.path());
        Ok(Self { redis, _postgres: postgres, address, sockets, state })
    }

    /// The address of PostgreSQL.
    #[must_use]
    pub fn postgres(&self) -> &PostgresAddress {
        &self.address
    }

    /// The key-value connection string of a database, which need not exist yet: a new stack has `postgres` only.
    #[must_use]
    pub fn database_url(&self, name: &str) -> String {
        self.address.database(name)
    }

    /// The URL of Redis, `redis+unix:///..`, if there is one.
    #[must_use]
    pub fn redis_url(&self) -> Option<String> {
        self.redis.as_ref().map(|_| redis::url(self.sockets.path()))
    }

    /// The folder of data and logs.
    #[must_use]
    pub fn state_folder(&self) -> &Path {
        self.state.path()
    }

    /// Stops Redis, then PostgreSQL, and waits for both; the same as dropping.
    pub fn stop(self) {
        drop(self);
    }
}

impl StateLocation {
    fn acquire(&self) -> Result<StateFolder, DevstackError> {
        match self {
            Self::Folder(path) => StateFolder::acquire(path),
            Self::Named(name) => Self::acquire_named(name),
            Self::Temporary => {
                let on_disk = BaseFolder::lock()?;
                sweep::abandoned_runs(&on_disk)?;
                let Some(in_memory) = BaseFolder::lock_in_memory()? else {
                    return StateFolder::temporary(&on_disk);
                };
                sweep::abandoned_runs(&in_memory)?;
                StateFolder::temporary(&in_memory)
            }
        }
    }

    fn acquire_named(name: &str) -> Result<StateFolder, DevstackError> {
        // Creates the folder above with the right mode; the lock is not needed any longer.
        drop(BaseFolder::lock()?);
        let mut outcome = StateFolder::acquire(&default_state_folder(name));
        for number in 2..=NAMESAKES {
            if !matches!(outcome, Err(DevstackError::InUse { .. })) {
                break;
            }
            outcome = StateFolder::acquire(&default_state_folder(&format!("{name}-{number}")));
        }
        outcome
    }
}

/// The PostgreSQL that wrote the data, or the newest one if there are none.
fn choose(found: Vec<PostgresBinaries>, state: &StateFolder) -> Result<PostgresBinaries, DevstackError> {
    let data = postgres::data_version(state)?;
    let installed: Vec<String> = found.iter().map(|one| one.major.to_string()).collect();
    let fits = |one: &PostgresBinaries| data.is_none_or(|data| one.major == data);
    found.into_iter().find(fits).ok_or_else(|| DevstackError::VersionMismatch {
        folder: state.postgres(),
        data: data.unwrap_or_default(),
        installed: installed.join(", "),
    })
}
