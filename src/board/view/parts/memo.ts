import { Component, type ComponentChild, type ComponentType, createElement, type FunctionComponent } from 'preact';

/** A component that is drawn anew only if one of its properties is another. `memo` of `preact/compat` does the same, with all of compat. */
export function memo<P extends object>(inner: FunctionComponent<P>): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const names = new Set([...Object.keys(next), ...Object.keys(this.props)]);
      return [...names].some((name) => Reflect.get(next, name) !== Reflect.get(this.props, name));
    }

    override render(): ComponentChild {
      return createElement(inner, this.props);
    }
  };
}
