package io.callgate.control.rest;

/// A request ends here, with this answer; what its transaction had begun is undone.
final class Refused extends RuntimeException {
    private final transient Problem problem;

    Refused(Problem problem) {
        super(problem.detail(), null, false, false); // no fault of ours: no stack to show
        this.problem = problem;
    }

    static Refused conflict(String detail, String mend) {
        return new Refused(Problem.of(Problem.Kind.CONFLICT, detail, mend));
    }

    static Refused notFound(String what, String mend) {
        return new Refused(Problem.of(Problem.Kind.NOT_FOUND, "there is no " + what, mend));
    }

    Problem problem() {
        return problem;
    }
}
