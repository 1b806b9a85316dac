//! A browser without a screen: keeps its cookies, follows nothing by itself.

use kaketsuke::{
    app::{Command, users},
    domain::{
        actor::{Actor, Role},
        tokens::Grant,
        users::{Login, Password},
    },
};
use reqwest::{Method, StatusCode, header::HeaderMap, redirect::Policy};

use crate::support::server::TestServer;

pub(crate) const PASSWORD: &str = "correct horse battery";

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Where the browser is sent.
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        self.headers["location"].to_str().unwrap()
    }
}

/// A browser.
#[derive(Clone)]
pub(crate) struct Visitor {
    base: String,
    http: reqwest::Client,
    pub(crate) cookies: Vec<(String, String)>,
    /// Headers of every request.
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Visitor {
    pub(crate) fn new(server: &TestServer) -> Self {
        let http = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
        Self { base: server.base.clone(), http, cookies: Vec::new(), headers: Vec::new() }
    }

    /// The same browser with one header more.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.retain(|(known, _)| known != name);
        self.cookies.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }

    pub(crate) async fn send(&mut self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all("set-cookie") {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.set_cookie(name, value);
        }
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path).header("accept", "text/html");
        self.send(request).await
    }

    /// Sends a form as it stands.
    pub(crate) async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<_> = fields.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let request = self
            .request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        self.send(request).await
    }

    /// Sends a form of the session.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf().await;
        self.post_raw(path, &[&[("csrf", csrf.as_str())], fields].concat()).await
    }

    /// The token of the session's forms.
    pub(crate) async fn csrf(&mut self) -> String {
        let page = self.get("/account").await.expect(200).text;
        between(&page, "name=\"csrf\" content=\"", "\"").to_owned()
    }

    pub(crate) async fn sign_in(&mut self, login: &str, password: &str) -> Answer {
        self.post_raw("/sign-in", &[("login", login), ("password", password)]).await
    }
}

/// What stands between two texts.
#[track_caller]
pub(crate) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let start = text.find(before).unwrap_or_else(|| panic!("no {before} in {text}")) + before.len();
    text[start..].split(after).next().unwrap()
}

fn encoded(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

/// Adds a person.
pub(crate) async fn add(server: &TestServer, login: &str, grant: Grant) {
    let login: Login = login.parse().unwrap();
    let password = Some(Password::new(PASSWORD, &login).unwrap());
    let body = users::New { name: format!("架空 {login}"), login, grant, password };
    users::add(&server.ctx, Command::new(Actor::Service("test"), body)).await.unwrap();
}

/// A person of a role that is bound to nothing, signed in.
pub(crate) async fn signed_in(server: &TestServer, role: Role) -> Visitor {
    let login = role.as_str();
    add(server, login, Grant::new(role, None, None, None).unwrap()).await;
    let mut visitor = Visitor::new(server);
    visitor.sign_in(login, PASSWORD).await.expect(303);
    visitor
}
