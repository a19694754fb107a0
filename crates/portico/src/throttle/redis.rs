//! Buckets in Redis, shared by all gateways.

use std::time::Duration;

use portico_adapters::redis::RedisConnection;
use redis::Script;

use super::rate::{Admission, Rate};

/// Adds to a bucket atomically, by the clock of Redis.
const POUR: &str = r"
local capacity, per_second, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level, at = tonumber(kept[1]) or 0, tonumber(kept[2]) or now
level = math.max(0, level - math.max(0, now - at) * per_second)
local fits = level + cost <= capacity or level == 0
local over = math.max(0, level + math.min(cost, capacity) - capacity)
if fits then level = level + cost; over = 0 end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], math.ceil(level / per_second) + 1)
return {fits and 1 or 0, math.floor(math.max(0, capacity - level)), math.ceil(over / per_second * 1000)}
";

/// Buckets shared by all gateways.
#[derive(Clone)]
pub struct RedisBuckets {
    connection: RedisConnection,
    script: Script,
}

impl RedisBuckets {
    /// Creates buckets in this Redis.
    pub fn new(connection: RedisConnection) -> Self {
        Self { connection, script: Script::new(POUR) }
    }

    /// Adds a cost. `None` if Redis did not answer in time.
    pub(super) async fn pour(&self, key: &str, rate: Rate, cost: u64) -> Option<Admission> {
        let mut call = self.script.key(format!("throttle:{key}"));
        call.arg(rate.capacity).arg(rate.per_second).arg(cost);
        let invoke = |mut connection| async move { call.invoke_async::<(u8, u64, u64)>(&mut connection).await };
        let (fits, available, milliseconds) = self.connection.ask(invoke).await?;
        Some(Admission { fits: fits == 1, available, retry_after: Duration::from_millis(milliseconds) })
    }
}
