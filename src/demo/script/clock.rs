//! Clock times of the script.

use anyhow::{Context as _, ensure};
use chrono::{DateTime, FixedOffset, NaiveTime, TimeDelta, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The night's clock in Tokyo: `21:05`, `21:05:30`, and after midnight `24:10`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Times {
    midnight: DateTime<Utc>,
}

impl Times {
    /// Of the night that begins at `start`.
    pub(super) fn of(start: &DateTime<FixedOffset>) -> Self {
        Self { midnight: (start.date_naive().and_time(NaiveTime::MIN) - *start.offset()).and_utc() }
    }

    pub(super) fn instant(self, clock: &str) -> anyhow::Result<DateTime<Utc>> {
        let parts: Vec<i64> = clock
            .split(':')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .with_context(|| format!("not a time: '{clock}'"))?;
        ensure!(matches!(parts.len(), 2 | 3), "not a time: '{clock}'");
        let seconds = parts.get(2).copied().unwrap_or(0);
        let fits = (0..72).contains(&parts[0]) && (0..60).contains(&parts[1]) && (0..60).contains(&seconds);
        ensure!(fits, "not a time: '{clock}'");
        Ok(self.midnight + TimeDelta::seconds(parts[0] * 3_600 + parts[1] * 60 + seconds))
    }

    /// A body with clock times as instants, wherever a field ends in `_at`, and with the keys of parts and special work
    /// as the ids a device would make: the same key in one call is the same id.
    pub(super) fn filled_in(self, call: &str, value: &Value) -> anyhow::Result<Value> {
        Ok(match value {
            Value::Array(all) => {
                Value::Array(all.iter().map(|one| self.filled_in(call, one)).collect::<Result<_, _>>()?)
            }
            Value::Object(fields) => {
                let field = |(name, value): (&String, &Value)| {
                    let filled = match value.as_str() {
                        Some(clock) if name.ends_with("_at") => {
                            Value::String(self.instant(clock)?.to_rfc3339())
                        }
                        Some(key) if name == "item" => Value::String(id(&[call, key]).to_string()),
                        _ => self.filled_in(call, value)?,
                    };
                    Ok((name.clone(), filled))
                };
                Value::Object(fields.iter().map(field).collect::<anyhow::Result<_>>()?)
            }
            other => other.clone(),
        })
    }
}

/// The same id for the same names, in every run.
pub(super) fn id(names: &[&str]) -> Uuid {
    let digest: [u8; 32] = Sha256::digest(names.join("\n")).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
