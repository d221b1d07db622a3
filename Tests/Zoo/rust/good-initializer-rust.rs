// none: a control.
include!("base.rs");

zoo! {
    fn fill(fill: &Fill, out: &mut [f32]) -> Result {
        draw(fill, out)
    }
}
