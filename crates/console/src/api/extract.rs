//! What a program sent, read strictly: what is not understood is told in the words of [`Failure::Invalid`].

use crate::error::{Detail, Failure};
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;

/// The query.
pub(crate) struct Asked<T>(pub(crate) T);

/// The body, as JSON.
pub(crate) struct Sent<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|rejection| Failure::Invalid(rejection.body_text()))
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(body) => Ok(Self(body.0)),
            Err(JsonRejection::MissingJsonContentType(_)) => {
                let mut response = StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
                response.extensions_mut().insert(Detail("the body has to be `application/json`".into()));
                Err(response)
            }
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(StatusCode::PAYLOAD_TOO_LARGE.into_response())
            }
            Err(rejection) => Err(Failure::Invalid(rejection.body_text()).into_response()),
        }
    }
}
