package org.lacwarehouse.pipeline.landing;

import java.util.Locale;

/** What became of a delivered file. */
public enum DeliveryStatus {
    /** Its rows are in the warehouse. */
    LOADED,
    /** The same bytes had been loaded from the same folder before. */
    UNCHANGED,
    /** It could not be accepted; the snapshot before it stays in force. */
    REFUSED,
    /** No contract describes it yet; it is left where it is and looked at again next time. */
    HELD;

    /** The word used in the audit tables. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
