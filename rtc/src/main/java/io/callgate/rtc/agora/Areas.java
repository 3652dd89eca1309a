package io.callgate.rtc.agora;

import io.callgate.model.Geofence;
import io.callgate.model.Region;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Agora's areas, a bit each, as regions of relays.
final class Areas {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(Constants.AREA_CODE_CN, "cn"),
            Map.entry(Constants.AREA_CODE_NA, "na"),
            Map.entry(Constants.AREA_CODE_EU, "eu"),
            Map.entry(Constants.AREA_CODE_AS, "as"),
            Map.entry(Constants.AREA_CODE_JP, "jp"),
            Map.entry(Constants.AREA_CODE_IN, "in"),
            Map.entry(Constants.AREA_CODE_OC, "oc"),
            Map.entry(Constants.AREA_CODE_SA, "sa"),
            Map.entry(Constants.AREA_CODE_AF, "af"),
            Map.entry(Constants.AREA_CODE_KR, "kr"),
            Map.entry(Constants.AREA_CODE_HKMC, "hkmc"),
            Map.entry(Constants.AREA_CODE_US, "us"),
            Map.entry(Constants.AREA_CODE_RU, "ru"));
    private static final int KNOWN = NAMES.keySet().stream().reduce(0, (one, other) -> one | other);

    private Areas() {}

    /// @param code those of a set, or `GLOB` without those that are taken out by XOR: then every region of
    /// another name
    ///     will do, too
    /// @throws IllegalArgumentException for a bit that is no area
    static Geofence of(int code) {
        boolean isAllBut = (code & ~KNOWN) == ~KNOWN;
        if (!isAllBut && (code == 0 || (code & ~KNOWN) != 0)) {
            throw new IllegalArgumentException("area 0x" + Integer.toHexString(code)
                    + ": want some of Constants.AREA_CODE_…, or AREA_CODE_GLOB without some");
        }
        Set<Region> names = NAMES.entrySet().stream()
                .filter(area -> (code & area.getKey()) != 0 != isAllBut)
                .map(area -> new Region(area.getValue()))
                .collect(Collectors.toUnmodifiableSet());
        return new Geofence(isAllBut ? Geofence.Rule.EXCLUDE : Geofence.Rule.INCLUDE, names);
    }
}
