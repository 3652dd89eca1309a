package io.callgate.model;

import java.util.Locale;

/// The forms that an [Allowlist] is printed in.
public enum AllowlistFormat {
    TEXT {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistText.render(allowlist);
        }
    },
    JSON {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistJson.render(AllowlistJson.write(allowlist));
        }
    },
    CSV {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistCsv.render(allowlist);
        }
    },
    NFTABLES {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistNftables.render(allowlist);
        }
    },
    IPTABLES {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistIptables.render(allowlist);
        }
    },
    PALOALTO {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistPaloAlto.render(allowlist);
        }
    },
    FORTINET {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistFortinet.render(allowlist);
        }
    },
    CISCO {
        @Override
        public String render(Allowlist allowlist) {
            return AllowlistCisco.render(allowlist);
        }
    };

    /// The whole document, ending with a line feed.
    public abstract String render(Allowlist allowlist);

    public String lowerCase() {
        return name().toLowerCase(Locale.ROOT);
    }
}
