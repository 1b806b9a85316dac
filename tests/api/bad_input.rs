//! Bad input of every kind on every field of every endpoint: one problem that names the field, and nothing changed.
//!
//! The requests are made from the service's own description: a good one with every field filled in, which must be
//! understood, and from it one bad one for each field and each way to get it wrong.

use std::collections::BTreeMap;

use kaketsuke::domain::actor::Role;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::{
    db::{TestDb, on_both_engines},
    server::{Client, Reply, TestServer},
    world,
};

/// An id nothing has: a request that is understood finds nothing, and one that is not is refused before it looks.
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// What is looked up after the thing it is for: which codes there are is reference data, and
/// which addresses may be told is configuration: tested where it is used.
const LOOKED_UP: &[&str] =
    &["hazard", "topic", "programme", "job_code", "job_codes", "pos", "url", "version"];

/// What a request made of the description alone cannot say truly: whom it is about.
const OF_NOTHING: &[&str] = &["call_id", "giver_id", "technician_id", "positions[0].technician_id"];
/// Fields that only others of their request admit: left out of the good ones.
const EXCLUSIVE: &[(&str, &[&str])] = &[
    ("/v1/tokens", &["firm_id", "technician_id", "consumer_id"]),
    ("/v1/users", &["firm_id", "technician_id", "consumer_id"]),
    ("/v1/blocks", &["firm_id"]),
    ("/v1/calls", &["no_number"]),
    ("/v1/technician-proposals/00000000-0000-7000-8000-000000000000/decision", &["reason"]),
    ("/v1/webhooks", &["firm_id"]),
    ("/v1/jobs/00000000-0000-7000-8000-000000000000/facts", &["fact"]),
];

/// How deep a request is looked into.
const DEPTH_MAX: usize = 8;

/// Good values of what the description alone does not tell, by the name of the field.
fn known(field: &str) -> Option<Value> {
    Some(match field {
        "areas" => json!(["23100"]),
        "arrival_at" | "expires_at" => json!("2026-11-23T12:00:00Z"),
        "base" | "point" | "pin" => world::point(35.165, 136.91),
        "email" => json!("desk@example.jp"),
        "hours" => json!({ "kind": "unspecified" }),
        "job_code" | "job_codes" => {
            return Some(if field == "job_code" { json!("W-TOILET-CLOG") } else { json!(["W-TOILET-CLOG"]) });
        }
        "language" | "reading_language" => json!("ne"),
        "languages" => json!(["ja", "ne"]),
        "municipality" | "jis_code" => json!("23106"),
        "phone" | "emergency_phone" => json!("+81525550100"),
        "postal_code" => json!("460-0008"),
        "registration_number" => json!("T7123456789012"),
        "shifts" => json!([{ "day": "mon", "from": "22:00", "to": "06:00+1" }]),
        _ => return None,
    })
}

/// The schemas of the description.
struct Book(Value);

impl Book {
    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(name) => self.resolved(self.0.pointer(name.trim_start_matches('#')).unwrap()),
            None => schema,
        }
    }

    /// Every alternative of a schema, `null` left out.
    fn variants<'a>(&'a self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = self.resolved(schema);
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
        match alternatives {
            Some(schemas) => schemas
                .iter()
                .flat_map(|one| self.variants(one))
                .filter(|one| one["type"] != "null")
                .collect(),
            None => vec![schema],
        }
    }

    /// Whether the schema admits `null`.
    fn nullable(&self, schema: &Value) -> bool {
        let schema = self.resolved(schema);
        let alternatives = ["oneOf", "anyOf"].iter().find_map(|key| schema[*key].as_array());
        schema["type"] == "null"
            || schema["type"].as_array().is_some_and(|kinds| kinds.contains(&json!("null")))
            || alternatives.is_some_and(|schemas| schemas.iter().any(|one| self.nullable(one)))
    }

    /// The properties of an object, those of its parts included, and which of them are required.
    fn properties<'a>(&'a self, schema: &'a Value) -> (BTreeMap<&'a str, &'a Value>, Vec<&'a str>) {
        let schema = self.resolved(schema);
        let (mut properties, mut required) = (BTreeMap::new(), Vec::new());
        for part in schema["allOf"].as_array().into_iter().flatten() {
            let part = self.variants(part)[0];
            let (more, needed) = self.properties(part);
            properties.extend(more);
            required.extend(needed);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            properties.insert(name.as_str(), property);
        }
        required.extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
        (properties, required)
    }

    /// A good value with every field filled in.
    fn sample(&self, name: &str, schema: &Value, depth: usize) -> Value {
        assert!(depth < DEPTH_MAX, "{name} is too deep");
        let outer = self.resolved(schema);
        if let Some(known) = known(name).filter(|_| self.variants(schema)[0].get("enum").is_none()) {
            return known;
        }
        for key in ["examples", "example", "const", "default", "enum"] {
            match &outer[key] {
                Value::Null => {}
                Value::Array(values) if key != "const" && key != "default" && key != "example" => {
                    return values[0].clone();
                }
                value => return value.clone(),
            }
        }
        let schema = self.variants(schema)[0];
        for key in ["examples", "enum"] {
            if let Some(values) = schema[key].as_array() {
                return values[0].clone();
            }
        }
        if schema.get("properties").is_some() || schema.get("allOf").is_some() {
            let (properties, _) = self.properties(schema);
            let fields =
                properties.into_iter().map(|(key, one)| (key.to_owned(), self.sample(key, one, depth + 1)));
            return Value::Object(fields.collect());
        }
        match kind(schema) {
            "string" => match schema["format"].as_str() {
                Some("date-time") => json!("2026-11-22T11:50:00Z"),
                Some("date") => json!("2027-03-31"),
                Some("uuid") => json!("00000000-0000-7000-8000-000000000001"),
                _ => json!("abc"),
            },
            "integer" | "number" => json!(schema["minimum"].as_i64().unwrap_or(1).max(1)),
            "boolean" => json!(true),
            "array" => json!([self.sample(name, &schema["items"], depth + 1)]),
            _ => json!({}),
        }
    }

    /// Every way to get a value wrong, with the path of what is wrong in it.
    fn wrong(&self, path: &str, schema: &Value, good: &Value, bad: &mut Vec<Bad>) {
        if path.rsplit(['.', '[']).find(|part| *part != "0]").is_some_and(|name| LOOKED_UP.contains(&name)) {
            return;
        }
        for value in self.wrong_kinds(schema, good) {
            bad.push(Bad { path: path.to_owned(), edit: Edit::Set(value) });
        }
        match good {
            Value::Object(fields) => {
                let variant = self.fitting(schema, fields);
                let (properties, required) = self.properties(variant);
                bad.push(Bad { path: joined(path, "no_such_field"), edit: Edit::Set(json!(1)) });
                for (key, value) in fields {
                    let inner = joined(path, key);
                    let Some(property) = properties.get(key.as_str()) else { continue };
                    if required.contains(&key.as_str()) && !self.nullable(property) {
                        bad.push(Bad { path: inner.clone(), edit: Edit::Remove });
                    }
                    self.wrong(&inner, property, value, bad);
                }
            }
            Value::Array(items) => {
                let variant = self.variants(schema)[0];
                if let Some(first) = items.first().filter(|_| variant["items"].is_object()) {
                    self.wrong(&format!("{path}[0]"), &variant["items"], first, bad);
                }
            }
            _ => {}
        }
    }

    /// The alternative that has the fields of this value.
    fn fitting<'a>(&'a self, schema: &'a Value, fields: &Map<String, Value>) -> &'a Value {
        let all = self.variants(schema);
        let fits = |one: &&&'a Value| {
            let (properties, _) = self.properties(one);
            fields.keys().all(|key| properties.contains_key(key.as_str()))
        };
        all.iter().find(fits).copied().unwrap_or(all[0])
    }

    /// Values no field of this kind can take.
    fn wrong_kinds(&self, schema: &Value, good: &Value) -> Vec<Value> {
        let admits: Vec<&str> = self.variants(schema).into_iter().map(kind).collect();
        let all = [
            ("string", json!("\u{0007}")),
            ("integer", json!(-9_007_199_254_740_991_i64)),
            ("integer", json!(1.5)),
            ("integer", json!(1e300)),
            ("boolean", json!(true)),
            ("array", json!([[[]]])),
            ("object", json!({ "no_such_field": 1 })),
        ];
        let mut wrong: Vec<Value> = all
            .into_iter()
            .filter(|(one, _)| !admits.contains(one) && !admits.contains(&"any"))
            .map(|(_, value)| value)
            .collect();
        if admits == ["string"] {
            wrong.push(json!("\u{0007}"));
            wrong.push(json!("長".repeat(20_001)));
        }
        if admits == ["integer"] && good.is_i64() {
            wrong.push(json!(i64::MIN));
            wrong.push(json!(i64::MAX));
            wrong.push(json!(1.5));
        }
        if admits == ["array"] {
            wrong.push(Value::Array(vec![good[0].clone(); 5_000]));
        }
        wrong
    }
}

/// The JSON type of a schema; `any` when it says none.
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::String(one) if one == "number" => "integer",
        Value::String(one) => one,
        Value::Array(kinds) => match kinds.iter().filter_map(Value::as_str).find(|one| *one != "null") {
            Some("number") => "integer",
            Some(one) => one,
            None => "any",
        },
        _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => "object",
        _ => "any",
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// One field got wrong.
#[derive(Debug)]
struct Bad {
    path: String,
    edit: Edit,
}

#[derive(Debug)]
enum Edit {
    Set(Value),
    Remove,
}

impl Bad {
    fn apply(&self, good: &Value) -> Value {
        let mut body = good.clone();
        let pointer = format!("/{}", self.path.replace("[0]", "/0").replace('.', "/"));
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match (&self.edit, self.path.is_empty()) {
            (Edit::Set(value), true) => body = value.clone(),
            (Edit::Set(value), false) => match body.pointer_mut(parent).unwrap() {
                Value::Array(items) => items[key.parse::<usize>().unwrap()] = value.clone(),
                parent => parent[key] = value.clone(),
            },
            (Edit::Remove, _) => _ = body.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key),
        }
        body
    }

    /// Whether the answer is one problem that names this field. What is wrong inside of a value that is read as a
    /// whole (a point, a shift) is named by the value.
    fn is_named(&self, reply: &Reply) -> bool {
        let errors = reply.body["errors"].as_array();
        let [error] = errors.map(Vec::as_slice).unwrap_or_default() else { return false };
        let field = error["field"].as_str().unwrap();
        let path = if self.path.is_empty() { "body" } else { &self.path };
        [400, 422].contains(&reply.status.as_u16())
            && (field == path
                || field.starts_with(&format!("{path}."))
                || field.starts_with(&format!("{path}["))
                || (path.starts_with(&format!("{field}.")) && error["message"].as_str().is_some()))
    }
}

/// An endpoint that takes a JSON body.
struct Endpoint {
    method: Method,
    path: String,
    samples: Vec<(Value, Value)>,
}

fn endpoints(document: &Value, book: &Book) -> Vec<Endpoint> {
    let mut endpoints = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let path = path
                .replace("/programmes/{id}", "/programmes/000")
                .replace("{id}", NOBODY)
                .replace("{hazard}", "H-GAS");
            // What the screen has typed so far is the screen's own.
            if path.ends_with("/draft") {
                continue;
            }
            let exclusive =
                EXCLUSIVE.iter().find(|(of, _)| *of == path).map_or(&[][..], |(_, fields)| fields);
            let sample = |schema: &Value| {
                let mut good = book.sample("", schema, 0);
                good.as_object_mut()
                    .into_iter()
                    .for_each(|fields| fields.retain(|key, _| !exclusive.contains(&key.as_str())));
                (schema.clone(), good)
            };
            let samples = book.variants(schema).into_iter().map(sample).collect();
            endpoints.push(Endpoint { method: method.to_uppercase().parse().unwrap(), path, samples });
        }
    }
    endpoints
}

async fn send(client: &Client, endpoint: &Endpoint, key: &str, body: &Value) -> Reply {
    let request = client.request(endpoint.method.clone(), &endpoint.path).header("Idempotency-Key", key);
    client.send(request.header("If-Match", "\"1\"").json(body)).await
}

/// Everything that a change would leave behind.
const TRACES: &str = "SELECT (SELECT COUNT(*) FROM event) + (SELECT COUNT(*) FROM idempotency)
                      + (SELECT COUNT(*) FROM call_draft) + (SELECT COUNT(*) FROM position)";

on_both_engines! {
    async fn one_problem_names_the_field_and_nothing_is_changed(db: TestDb) {
        let server = TestServer::start(&db).await;
        let crew = world::crew(&server, "栄水道", 35.165, 136.91).await;
        let consumer = server.administrator().post("/v1/billing-consumers", json!({ "name": "経理" })).await;
        let consumer: uuid::Uuid = consumer.expect(201)["id"].as_str().unwrap().parse().unwrap();
        let supervisor = server.client(Role::Supervisor);
        let role = Role::Billing;
        let billing = server.with(Some(&server.token(role, None, None, Some(consumer.into())).await));
        let document = server.with(None).get("/openapi.json").await.expect(200);
        let (mut raw, book) = (db.raw().await, Book(document.clone()));
        let mut before = raw.integer(TRACES).await;
        let (mut tried, mut complaints) = (0, Vec::new());
        for endpoint in endpoints(&document, &book) {
            let administrator = server.administrator();
            let mut client = &administrator;
            for other in [&supervisor, &crew.phone, &billing] {
                if send(client, &endpoint, "who", &json!([])).await.status.as_u16() == 403 {
                    client = other;
                }
            }
            for (schema, good) in &endpoint.samples {
                let mut bad = Vec::new();
                book.wrong("", schema, good, &mut bad);
                for bad in &bad {
                    tried += 1;
                    let reply = send(client, &endpoint, &format!("bad-{tried}"), &bad.apply(good)).await;
                    if !bad.is_named(&reply) {
                        let text = format!("{bad:?}").chars().take(120).collect::<String>();
                        complaints.push(format!("{} {}: {text}: {} {}", endpoint.method, endpoint.path, reply.status, reply.body));
                    }
                }
                if raw.integer(TRACES).await != before {
                    complaints.push(format!("{} {} has changed something", endpoint.method, endpoint.path));
                }
                let reply = send(client, &endpoint, &format!("good-{tried}"), good).await;
                let named = reply.body["errors"][0]["field"].as_str().unwrap_or_default();
                if [400, 422].contains(&reply.status.as_u16()) && !OF_NOTHING.contains(&named) {
                    complaints.push(format!("good {} {}: {good}: {}", endpoint.method, endpoint.path, reply.body));
                }
                // What a good one leads to: a call that has long been ringing rings at the desk.
                server.settle().await;
                before = raw.integer(TRACES).await;
            }
        }
        assert!(complaints.is_empty(), "{} of {tried}:\n{}", complaints.len(), complaints.join("\n"));
        assert!(tried > 1_000, "{tried}");
        server.stop().await;
    }
}
