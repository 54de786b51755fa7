//! What is asked for, and by whom.

use super::desk::Visitor;

/// Name, visitor and path of each.
pub(crate) const PAGES: &[(&str, Visitor, &str)] = &[
    ("Today", Visitor::Approver, "/"),
    ("Campaigns", Visitor::Approver, "/campaigns"),
    ("Campaigns, last page", Visitor::Approver, "/campaigns?from=450"),
    ("Campaign", Visitor::Approver, "/campaigns/campaign-0001"),
    ("Members", Visitor::Approver, "/members"),
    ("Members, filtered", Visitor::Approver, "/members?text=m01&state=delivered"),
    ("Member", Visitor::Approver, "/members/M004"),
    ("Quarantine", Visitor::Approver, "/quarantine"),
    ("Hunt, empty", Visitor::Approver, "/hunt"),
    ("Hunt, an address that wrote often", Visitor::Approver, "/hunt?q=writer0%40office0.example"),
    ("Hunt, a domain", Visitor::Approver, "/hunt?q=office1234.example"),
    ("Decisions", Visitor::Approver, "/decisions"),
    ("Evidence", Visitor::Auditor, "/evidence"),
    ("Entry", Visitor::Auditor, "/evidence/7"),
    ("Domains", Visitor::Auditor, "/domains"),
    ("Health", Visitor::Auditor, "/health"),
    ("Audit", Visitor::Auditor, "/audit"),
    ("Own", Visitor::Member, "/own"),
    ("Accounts", Visitor::Admin, "/accounts"),
    ("API: campaigns", Visitor::Program, "/api/v1/campaigns"),
    ("API: campaign", Visitor::Program, "/api/v1/campaigns/campaign-0001"),
    ("API: members", Visitor::Program, "/api/v1/members"),
    ("API: ledger", Visitor::Program, "/api/v1/ledger"),
    ("API: decisions", Visitor::Program, "/api/v1/decisions"),
    ("API: warnings", Visitor::Program, "/api/v1/warnings"),
    ("API: quarantine", Visitor::Program, "/api/v1/quarantine"),
    ("API: evidence", Visitor::Program, "/api/v1/evidence/7"),
    ("API: health", Visitor::Program, "/api/v1/health"),
];
