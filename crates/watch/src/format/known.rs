//! Names that the readers themselves look at or make.

use crate::event::{FieldId, FieldNames};

macro_rules! known {
    ($($field:ident = $name:literal),+ $(,)?) => {
        /// The ids of these names.
        #[derive(Debug, Clone)]
        pub(super) struct Known {
            $(pub(super) $field: FieldId,)+
        }

        impl Known {
            /// Adds the names to `names`.
            pub(super) fn new(names: &mut FieldNames) -> Self {
                Self { $($field: names.intern($name),)+ }
            }
        }
    };
}

known! {
    image = "Image",
    parent_image = "ParentImage",
    new_process_name = "NewProcessName",
    parent_process_name = "ParentProcessName",
    subject_user = "SubjectUserName",
    subject_domain = "SubjectDomainName",
    user = "User",
    integrity = "IntegrityLevel",
    mandatory_label = "MandatoryLabel",
    subject_logon_id = "SubjectLogonId",
    logon_id = "LogonId",
    client_ip = "c-ip",
    method = "cs-method",
    uri_stem = "cs-uri-stem",
    uri_query = "cs-uri-query",
    uri = "cs-uri",
    user_agent = "cs-user-agent",
    referer = "cs-referer",
    username = "cs-username",
    status = "sc-status",
    bytes_out = "sc-bytes",
    protocol = "cs-version",
    message = "message",
    syslog_program = "program",
    syslog_host = "host",
    login_user = "user",
    login_address = "src_ip",
    kind = "type",
}
