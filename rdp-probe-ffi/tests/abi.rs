//! What the header has promised, it keeps: `abi-N.txt` lists the declarations of the ABI with the number N, and only grows.
//!
//! `UPDATE=1 cargo test --package rdp-probe-ffi --test abi` writes down what is new.
#![allow(clippy::unwrap_used, reason = "a test that cannot read its files fails")]

use std::path::Path;

/// What compilers and linkers make of the header: constants, types and prototypes, a line each.
fn declarations(header: &str) -> Vec<String> {
    let mut code = String::new();
    for (place, part) in header.split("/*").enumerate() {
        code.push_str(if place == 0 { part } else { part.split_once("*/").map_or("", |(_, behind)| behind) });
    }
    let is_constant = |line: &&str| line.starts_with("#define ") && line.split_whitespace().count() > 2;
    let mut found: Vec<String> = code.lines().filter(is_constant).map(one_line).collect();
    let is_code = |line: &&str| !line.starts_with('#') && !matches!(line.trim(), "extern \"C\" {" | "}");
    let code: Vec<&str> =
        code.lines().map(|line| line.split("//").next().unwrap_or_default()).filter(is_code).collect();
    let (mut declaration, mut depth) = (String::new(), 0);
    for character in code.join(" ").chars() {
        depth += i32::from(character == '{') - i32::from(character == '}');
        if character == ';' && depth == 0 {
            found.push(without_names(&one_line(&declaration)));
            declaration.clear();
        } else {
            declaration.push(character);
        }
    }
    assert_eq!(one_line(&declaration), "", "the header ends in the middle of a declaration");
    found
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A prototype without the names of its parameters: those may change.
fn without_names(declaration: &str) -> String {
    let Some((head, parameters)) = declaration.strip_suffix(')').and_then(|whole| whole.rsplit_once('(')) else {
        return declaration.to_owned();
    };
    let types = parameters.split(',').map(|parameter| {
        let kind = parameter.trim_end_matches(|letter: char| letter.is_alphanumeric() || letter == '_').trim();
        if kind.is_empty() { parameter.trim() } else { kind }
    });
    format!("{head}({})", types.collect::<Vec<_>>().join(", "))
}

#[test]
fn names_are_taken_out_and_nothing_else() {
    let header = "/** A { comment; */\n#ifndef H\n#define H\n#define N 7\n#ifdef __cplusplus\nextern \"C\" {\n#endif // C++\n\
                  typedef struct s {\n    /** one */\n    const char *ptr;\n} s;\nstruct s *f(const struct s *a,\n    uint32_t b);\n\
                  void g(void);\n#ifdef __cplusplus\n}\n#endif\n";
    let expected = [
        "#define N 7",
        "typedef struct s { const char *ptr; } s",
        "struct s *f(const struct s *, uint32_t)",
        "void g(void)",
    ];
    assert_eq!(declarations(header), expected);
}

#[test]
fn nothing_is_taken_away_or_changed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let declared = declarations(&std::fs::read_to_string(folder.join("include/rdp_probe.h")).unwrap());
    let file = folder.join(format!("abi-{}.txt", rdp_probe_ffi::RDP_PROBE_ABI));
    let mut stored: Vec<String> =
        std::fs::read_to_string(&file).unwrap_or_default().lines().map(str::to_owned).collect();
    let gone: Vec<_> = stored.iter().filter(|line| !declared.contains(line)).collect();
    assert!(gone.is_empty(), "gone, or changed, while RDP_PROBE_ABI is what it was: {gone:#?}");
    let new: Vec<_> = declared.into_iter().filter(|line| !stored.contains(line)).collect();
    if std::env::var_os("UPDATE").is_some() {
        stored.extend(new);
        std::fs::write(&file, stored.join("\n") + "\n").unwrap();
    } else {
        assert!(new.is_empty(), "not in {} yet, write it anew with UPDATE=1: {new:#?}", file.display());
    }
    assert!(stored.len() > 100, "the list is not empty");
}
