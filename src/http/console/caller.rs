//! Pages that call the API themselves: the session stands for the token there, under the same table of who may call
//! what, and failures are told in the page's language.

use axum::{
    http::{Extensions, HeaderMap, Method},
    response::{IntoResponse as _, Response},
};

use super::{cookies, guard, page::language};
use crate::{
    domain::actor::Actor,
    http::{Service, peer::Peer, problem::Problem},
};

/// Of a call without a token: what tells whose page makes it.
pub(in crate::http) struct Call {
    method: Method,
    headers: HeaderMap,
    peer: Peer,
}

impl Call {
    pub(in crate::http) fn of(method: &Method, headers: &HeaderMap, extensions: &Extensions) -> Self {
        Self { method: method.clone(), headers: headers.clone(), peer: Peer::of(extensions) }
    }

    /// Who is signed in; nobody where there is no session. What changes something must come from a page of this
    /// session: a cookie alone is sent by any site.
    pub(in crate::http) async fn caller(&self, service: &Service) -> Result<Option<Actor>, Problem> {
        let secret = cookies::session(&self.headers, self.peer);
        let Some(visitor) = guard::visitor(service, secret.as_deref()).await? else { return Ok(None) };
        if !self.method.is_safe() && !guard::is_of_session(&self.headers, &visitor) {
            return Err(super::forms::forged());
        }
        Ok(Some(visitor.actor))
    }

    /// A refusal as the page shows it.
    pub(in crate::http) fn answered(&self, response: Response) -> Response {
        let Some(problem) = response.extensions().get::<Problem>().cloned() else { return response };
        let texts = language(&self.headers);
        let key = format!("problem-{}", problem.code());
        if !texts.has(&key) {
            return response;
        }
        let (parts, _) = response.into_parts();
        let mut told = problem.titled(texts.text(&key)).into_response();
        for (name, value) in &parts.headers {
            if !told.headers().contains_key(name) && name != axum::http::header::CONTENT_LENGTH {
                told.headers_mut().append(name, value.clone());
            }
        }
        told.extensions_mut().extend(parts.extensions);
        told
    }
}
