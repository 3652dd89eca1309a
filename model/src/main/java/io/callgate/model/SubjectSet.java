package io.callgate.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;

/// Some subjects of an app in ten bits each: a Bloom filter. It has every subject that it was made of, and one in
/// a hundred others; whoever lets somebody in by it counts up to [#size], then. Immutable.
///
/// The first seven times four bytes of SHA-256 of the subject are seven numbers, which are, modulo the bits that
/// there are, the seven bits of the subject; bit 0 is the highest of the first byte.
public final class SubjectSet {
    /// Of one set; see [#of].
    public static final int MOST_SUBJECTS = 50_000;

    public static final SubjectSet NONE = new SubjectSet(0, new byte[0]);

    private static final int BITS_EACH = 10;
    private static final int BITS_OF_ONE = 7;

    /// In few bits even a few subjects would have others.
    private static final int LEAST_BYTES = 64;

    private static final int MOST_BYTES = MOST_SUBJECTS * BITS_EACH / Byte.SIZE;

    private final int size;
    private final byte[] bits;

    private SubjectSet(int size, byte[] bits) {
        this.size = size;
        this.bits = bits;
    }

    /// @param subjects each once; of more than [#MOST_SUBJECTS] the first
    public static SubjectSet of(Collection<Subject> subjects) {
        if (subjects.isEmpty()) {
            return NONE;
        }
        int size = Math.min(subjects.size(), MOST_SUBJECTS);
        SubjectSet set = new SubjectSet(size, new byte[bytesFor(size)]);
        subjects.stream().limit(size).forEach(set::add);
        return set;
    }

    /// Reads what [#size] and [#base64] say.
    ///
    /// @throws IllegalArgumentException if it is no such set
    public static SubjectSet parse(int size, String base64) {
        byte[] bits = Base64.getDecoder().decode(base64);
        if (size < 0 || size > MOST_SUBJECTS || bits.length > MOST_BYTES || (size > 0 && bits.length == 0)) {
            throw new IllegalArgumentException("a set of " + size + " subjects in " + bits.length + " bytes: want 0 to "
                    + MOST_SUBJECTS + " in at most " + MOST_BYTES);
        }
        return size == 0 ? NONE : new SubjectSet(size, bits);
    }

    /// How long [#base64] is of the set of so many subjects.
    public static int charactersFor(long subjects) {
        return (bytesFor(subjects) + 2) / 3 * 4;
    }

    private static int bytesFor(long subjects) {
        int bits = (int) Math.min(subjects, MOST_SUBJECTS) * BITS_EACH;
        return Math.max(LEAST_BYTES, (bits + Byte.SIZE - 1) / Byte.SIZE);
    }

    /// Of how many it was made.
    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /// Always true of those that it was made of.
    public boolean has(Subject subject) {
        if (isEmpty()) {
            return false;
        }
        ByteBuffer hash = hash(subject);
        for (int i = 0; i < BITS_OF_ONE; i++) {
            int bit = bit(hash, i);
            if ((bits[bit / Byte.SIZE] & mask(bit)) == 0) {
                return false;
            }
        }
        return true;
    }

    public String base64() {
        return Base64.getEncoder().encodeToString(bits);
    }

    private void add(Subject subject) {
        ByteBuffer hash = hash(subject);
        for (int i = 0; i < BITS_OF_ONE; i++) {
            int bit = bit(hash, i);
            bits[bit / Byte.SIZE] |= (byte) mask(bit);
        }
    }

    private int bit(ByteBuffer hash, int i) {
        return Integer.remainderUnsigned(hash.getInt(i * Integer.BYTES), bits.length * Byte.SIZE);
    }

    private static int mask(int bit) {
        return 0x80 >>> bit % Byte.SIZE;
    }

    private static ByteBuffer hash(Subject subject) {
        try {
            return ByteBuffer.wrap(
                    MessageDigest.getInstance("SHA-256").digest(subject.value().getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectSet that && size == that.size && Arrays.equals(bits, that.bits);
    }

    @Override
    public int hashCode() {
        return 31 * size + Arrays.hashCode(bits);
    }

    @Override
    public String toString() {
        return "SubjectSet[" + size + "]";
    }
}
