//! Types whose stage carries what belongs to it, and their flat forms: every field beside the others, as a row of the
//! database has them and as they are sent. A flat form can say what cannot be; the conversion refuses that.

/// Fields that do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{what} that is {state} lacks what belongs to that, or has what does not")]
pub struct Contradiction {
    /// What it is, with its article.
    pub what: &'static str,
    /// The state it claims.
    pub state: &'static str,
}

/// Has a type described in the API by its flat form.
macro_rules! described_by {
    ($type:ty, $flat:ty) => {
        impl utoipa::PartialSchema for $type {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                <$flat as utoipa::PartialSchema>::schema()
            }
        }

        impl utoipa::ToSchema for $type {
            fn name() -> std::borrow::Cow<'static, str> {
                <$flat as utoipa::ToSchema>::name()
            }

            fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
                <$flat as utoipa::ToSchema>::schemas(schemas);
            }
        }
    };
}
pub(crate) use described_by;

/// Rows for tests, in JSON.
#[cfg(test)]
pub(crate) mod rows {
    use serde::{Serialize, de::DeserializeOwned};
    use serde_json::Value;

    /// The row with some of its fields changed.
    pub(crate) fn with(mut row: Value, fields: &Value) -> Value {
        for (name, value) in fields.as_object().unwrap() {
            row[name] = value.clone();
        }
        row
    }

    /// Reads each row, and writes it again as it was.
    pub(crate) fn come_back<T: Serialize + DeserializeOwned>(row: &Value, each: &[Value]) {
        for fields in each {
            let row = with(row.clone(), fields);
            let read: T =
                serde_json::from_value(row.clone()).unwrap_or_else(|error| panic!("{fields}: {error}"));
            assert_eq!(serde_json::to_value(&read).unwrap(), row, "{fields}");
        }
    }

    /// Refuses each row as one that contradicts itself.
    pub(crate) fn contradict<T: DeserializeOwned>(row: &Value, each: &[Value]) {
        for fields in each {
            let error = serde_json::from_value::<T>(with(row.clone(), fields)).err();
            let error = error.unwrap_or_else(|| panic!("{fields} is read")).to_string();
            assert!(error.contains("lacks what belongs to that, or has what does not"), "{fields}: {error}");
        }
    }
}
