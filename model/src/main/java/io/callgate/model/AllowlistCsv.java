package io.callgate.model;

import java.util.List;

/// A line an entry, for spreadsheets and scripts.
final class AllowlistCsv {
    private AllowlistCsv() {}

    static String render(Allowlist allowlist) {
        Csv csv = Csv.of(
                "direction", "domain", "address", "ports", "protocol", "purpose", "region", "validFrom", "validUntil");
        for (AllowlistEntry entry : allowlist.entries()) {
            csv.row(List.of(
                    entry.direction().word(),
                    entry.domain().orElse(""),
                    entry.address().map(address -> entry.target()).orElse(""),
                    entry.ports(),
                    entry.protocol().lowerCase(),
                    entry.purpose(),
                    entry.region().map(Region::value).orElse(""),
                    entry.validFrom(),
                    entry.validUntil().map(Object::toString).orElse("")));
        }
        return csv.toString();
    }
}
