package io.callgate.model;

/// Whom a credential was made for, unique within its app: `[A-Za-z0-9._@~+-]{1,128}`.
public record Subject(String value) {
    static final NameForm FORM = new NameForm("._@~+-", 128);

    public Subject {
        if (!FORM.fits(value)) {
            throw new IllegalArgumentException(
                    "subject \"" + value + "\": want 1 to 128 characters out of A-Z a-z 0-9 . _ - @ ~ +");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
