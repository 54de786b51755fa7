//! Fields of a form, as browsers send them (`application/x-www-form-urlencoded`).

use crate::error::Failure;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

/// The fields of a form; a name may stand there several times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The first field with this name, without white space around it; empty where there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// The same as it was sent: passwords may begin with a space.
    pub(crate) fn raw(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// Every field with this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.trim())
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// [`Failure::Invalid`] where it is not.
    pub(crate) fn need(&self, name: &str) -> Result<&str, Failure> {
        Some(self.get(name))
            .filter(|value| !value.is_empty())
            .ok_or_else(|| Failure::Invalid(format!("the field `{name}` is missing")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|_| Failure::Invalid("the form is too large or was cut off".into()))?;
        Ok(Self::parse(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_come_with_several_values_and_without() {
        let fields = Fields::parse(b"role=analyst&role=approver&password=+a+&empty=");
        assert_eq!(fields.all("role").collect::<Vec<_>>(), ["analyst", "approver"]);
        assert_eq!((fields.get("password"), fields.raw("password")), ("a", " a "));
        assert!(fields.need("empty").is_err() && fields.need("absent").is_err());
        assert_eq!(Fields::parse(b"%ff=%zz&&=&a").get("a"), "");
    }
}
