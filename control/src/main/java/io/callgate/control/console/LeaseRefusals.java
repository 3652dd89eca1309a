package io.callgate.control.console;

import io.callgate.model.ErrorCode;

/// Why leases are refused, in words for people who read the console.
final class LeaseRefusals {
    private LeaseRefusals() {}

    static String meaning(Language language, ErrorCode code) {
        return language.of(
                code.meaning(),
                switch (code) {
                    case INVALID_ARGUMENT -> "请求中有参数超出允许的范围";
                    case NOT_ACTIVATED -> "应用尚未激活，或已暂停";
                    case TOKEN_REQUIRED -> "既没有令牌，也没有应用签名";
                    case TOKEN_INVALID -> "令牌不是用该应用的密钥签发的，或用户已被拒绝";
                    case TOKEN_EXPIRED -> "令牌已过期";
                    case QUOTA_EXCEEDED -> "应用已用完其全部配额";
                    case REGION_FORBIDDEN -> "允许的区域内没有中继";
                    case SDK_TOO_OLD -> "应用要求更新版本的 SDK";
                    case NO_RELAY -> "该应用没有在线的中继";
                    default -> code.meaning(); // no lease is refused with it
                });
    }
}
